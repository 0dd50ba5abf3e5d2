import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../lib/protocol/endpoint.js';
import type { Told } from '../vectors/vector.js';
import { BINARY, FIN, frame, masked, PING, RSV1, TEXT } from '../vectors/wire.js';
import { packed } from '../vectors/packed.js';
import { openEndpoint, readAll } from './endpoints.js';

/** Cuts bytes at the given fractions of their length. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = places.map((place) => Math.floor(place * bytes.length)).toSorted((a, b) => a - b);
  return [...at, bytes.length].map((end, i) => bytes.subarray(i === 0 ? 0 : at[i - 1], end));
}

const PLACES = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12, size: 'max' });

const MESSAGE = fc.record({
  data: fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400, size: 'max' }),
    fc.uint8Array({ maxLength: 3000, size: 'max' }),
  ),
  isCompressed: fc.boolean(),
  fragments: PLACES,
});

describe('any message', () => {
  it('is the same however it is cut into frames and chunks, with pings in between', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('server' as const, 'client' as const),
        fc.array(MESSAGE, { maxLength: 5, size: 'max' }),
        PLACES,
        (role, messages, chunks) => {
          const build = role === 'server' ? masked : frame;
          const wire: Buffer[] = [];
          const expected: Told[] = [];
          for (const { data, isCompressed, fragments } of messages) {
            const bytes = Buffer.from(data);
            const opcode = typeof data === 'string' ? TEXT : BINARY;
            const parts = cut(isCompressed ? packed(bytes) : bytes, fragments);
            parts.forEach((part, i) => {
              const start = i === 0 ? opcode | (isCompressed ? RSV1 : 0) : 0;
              if (i > 0) {
                wire.push(build(FIN | PING, String(i)));
                expected.push(['ping', Buffer.from(String(i))]);
              }
              wire.push(build(start | (i === parts.length - 1 ? FIN : 0), part));
            });
            expected.push(
              typeof data === 'string' ? ['text', bytes.toString()] : ['binary', bytes],
            );
          }
          const endpoint = openEndpoint({ role, deflate: { peerForgets: true } });
          const told: Told[] = [];
          for (const chunk of cut(Buffer.concat(wire), chunks)) {
            endpoint.receive(Buffer.from(chunk));
            told.push(...readAll(endpoint));
          }
          endpoint.dispose();
          expect(told).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('costs what its bytes cost, in 65 536 fragments too', () => {
    // Copied once for each fragment, these 4 MiB would be 128 GiB.
    const fragment = frame(0, Buffer.alloc(64, 0x61));
    const wire = Buffer.concat([
      frame(TEXT, ''),
      ...Array.from({ length: 65_536 }, () => fragment),
      frame(FIN, ''),
    ]);
    const endpoint = openEndpoint({ role: 'client', limits: { maxPayload: 4 * 1024 * 1024 } });
    endpoint.receive(wire);
    const [[type, data]] = readAll(endpoint);
    expect([type, String(data).length]).toEqual(['text', 4 * 1024 * 1024]);
  });

  it.each(['server', 'client'] as const)(
    'reserves memory for bytes that came, not for bytes a header promises (%s)',
    (role) => {
      const build = role === 'server' ? masked : frame;
      const endpoints = Array.from({ length: 500 }, () => openEndpoint({ role }));
      const before = process.memoryUsage().arrayBuffers;
      for (const endpoint of endpoints) {
        endpoint.receive(build(FIN | BINARY, 'x', { declared: 1024n * 1024n }));
        expect(readAll(endpoint)).toEqual([]);
      }
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * 1024 * 1024);
    },
  );
});

/** Every letter of a text with how often it follows itself. */
function runsOf(text: string): [letter: string, length: number][] {
  return [...text.matchAll(/(.)\1*/g)].map(([run, letter]) => [letter, run.length]);
}

describe('a binary message that arrives in pieces', () => {
  const PIECE = 16 * 1024;

  function receive(endpoint: Endpoint, wire: Buffer): Told[] {
    const told: Told[] = [];
    for (let at = 0; at < wire.length; at += PIECE) {
      endpoint.receive(Buffer.from(wire.subarray(at, at + PIECE)));
      told.push(...readAll(endpoint));
    }
    return told;
  }

  it.each([PIECE, 65_536, 100_000, 262_144, 300_000, 1_048_576])(
    'of %d bytes is the application’s to keep: what follows leaves it alone',
    (size) => {
      const endpoint = openEndpoint({ role: 'server' });
      const whole = Buffer.alloc(size, 'x');
      const wire = [
        masked(FIN | BINARY, whole),
        masked(FIN | TEXT, Buffer.alloc(size, 'y')),
        masked(FIN | BINARY, Buffer.alloc(size, 'z')),
        Buffer.concat([
          masked(BINARY, whole.subarray(0, size / 2)),
          masked(FIN, whole.subarray(size / 2)),
        ]),
      ];
      const messages = wire.flatMap((bytes) => receive(endpoint, bytes));
      // As runs of letters: to compare a megabyte of bytes takes the runner seconds.
      const runs = messages.map(([type, data]) => [type, runsOf(String(data))]);
      expect(runs).toEqual([
        ['binary', [['x', size]]],
        ['text', [['y', size]]],
        ['binary', [['z', size]]],
        ['binary', [['x', size]]],
      ]);
    },
  );
});
