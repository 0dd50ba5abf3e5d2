import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../lib/protocol/endpoint.js';
import { prepareMessage } from '../../lib/protocol/message/prepared-message.js';
import { createClientWorkspace, createServerWorkspace } from '../../lib/protocol/workspace.js';
import type { Told } from '../vectors/vector.js';
import { BINARY, FIN, frame, masked, PING, TEXT } from '../vectors/wire.js';
import { openEndpoint, readAll, takeBytes } from './endpoints.js';

/** That of all endpoints here but the slow one's. */
const workspace = createServerWorkspace();

// Short texts that come together are read together and written together: nobody may see it.

const ASCII = fc.string({ unit: 'grapheme-ascii', maxLength: 130, size: 'max' });
const ANY = fc.string({ unit: 'binary', maxLength: 130, size: 'max' });
const text = fc.oneof({ weight: 4, arbitrary: ASCII }, { weight: 1, arbitrary: ANY });

describe('short texts sent one after another', () => {
  const step = fc.oneof(
    { weight: 12, arbitrary: fc.record({ kind: fc.constant('text'), text }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constantFrom('part', 'binary', 'ping', 'prepared', 'take', 'count', 'release'),
        text: ASCII,
      }),
    },
  );

  it('are the same frames, in order among all else, however many wait', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
        const endpoint = openEndpoint({ role: 'server', workspace });
        const taken: Buffer[] = [];
        const expected: Buffer[] = [];
        for (const each of steps) {
          expected.push(...send(endpoint, each));
          if (each.kind === 'take') taken.push(takeBytes(endpoint));
          if (each.kind === 'release') endpoint.releaseOutput();
          if (each.kind !== 'count') continue;
          expect(endpoint.pendingOutput).toBe(lengthOf(expected) - lengthOf(taken));
        }
        taken.push(takeBytes(endpoint));
        expect(Buffer.concat(taken).equals(Buffer.concat(expected))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('are whole at the end of a slab, where a character would be cut', () => {
    for (let rest = 195; rest < 225; rest++) {
      const endpoint = openEndpoint({ role: 'server', workspace });
      const filler = [1, 2, 3, 4].map((n) => Buffer.alloc(n < 4 ? 16_380 : 16_380 - rest));
      // 207 code units with their headers: all of the rest, once.
      const texts = ['é', 'a'.repeat(100), 'a'.repeat(100)];
      for (const bytes of filler) endpoint.sendBinary(bytes);
      for (const each of texts) endpoint.sendText(each);
      const frames = [
        ...filler.map((bytes) => frame(FIN | BINARY, bytes)),
        ...texts.map((each) => frame(FIN | TEXT, each)),
      ];
      expect(takeBytes(endpoint).equals(Buffer.concat(frames))).toBe(true);
    }
  });
});

describe('short texts that arrive in one chunk', () => {
  const message = fc.oneof(
    { weight: 12, arbitrary: text.map((each) => masked(FIN | TEXT, each)) },
    {
      weight: 1,
      arbitrary: fc.oneof(
        fc.constant(masked(FIN | PING, 'ping')),
        fc.constant(masked(FIN | BINARY, 'bytes')),
        fc.constant(Buffer.concat([masked(TEXT, 'frag'), masked(FIN, 'ments')])),
        ASCII.map((each) => masked(FIN | TEXT, each.repeat(20))),
      ),
    },
  );
  /** What may break the rules, at the end of it. */
  const end = fc.constantFrom(
    Buffer.alloc(0),
    frame(FIN | TEXT, 'unmasked'),
    masked(FIN | TEXT, Buffer.from([0x61, 0xff])),
    masked(0xc1, 'reserved'),
    masked(FIN, 'continues nothing'),
    masked(FIN | TEXT, 'long form', { lengthBytes: 2 }),
  );
  const wire = fc
    .tuple(fc.array(message, { maxLength: 120, size: 'max' }), end)
    .map(([frames, last]) => Buffer.concat([...frames, last]));
  const cuts = fc.array(fc.nat(5), { maxLength: 40, size: 'max' });

  it('are told as frames read one by one are, wherever the reader stops or the chunk ends', () => {
    fc.assert(
      fc.property(
        wire,
        fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 9 }),
        cuts,
        (bytes, sizes, pauses) => {
          const slow = openEndpoint({ role: 'server', workspace: createClientWorkspace() });
          slow.receive(Buffer.from(bytes));
          const told = readInChunks(bytes, sizes, pauses);
          expect(told).toEqual(readAll(slow));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('are refused beyond a limit that is shorter than they are', () => {
    const endpoint = openEndpoint({ role: 'server', workspace, limits: { maxPayload: 3 } });
    const texts = ['abc', 'abcd', 'abc'].map((each) => masked(FIN | TEXT, each));
    fill(endpoint, Buffer.concat(texts));
    expect(readAll(endpoint)).toEqual([
      ['text', 'abc'],
      ['violation', 'message-too-big'],
    ]);
  });

  it('are not mixed up with those of another connection that stopped in the middle', () => {
    const [one, other] = [1, 2].map(() => openEndpoint({ role: 'server', workspace }));
    const burst = (name: string): Buffer =>
      Buffer.concat([1, 2, 3].map((n) => masked(FIN | TEXT, `${name} says ${n}`)));
    fill(one, burst('one'));
    expect(one.nextEvent()).toEqual({ type: 'text', data: 'one says 1' });
    one.retainInput();
    fill(other, burst('other'));
    expect(other.nextEvent()).toEqual({ type: 'text', data: 'other says 1' });
    other.retainInput();
    expect(readAll(one)).toEqual([2, 3].map((n) => ['text', `one says ${n}`]));
    expect(readAll(other)).toEqual([2, 3].map((n) => ['text', `other says ${n}`]));
  });
});

function send(endpoint: Endpoint, step: { kind: string; text: string }): Buffer[] {
  const { kind, text: data } = step;
  if (kind === 'text') {
    endpoint.sendText(data);
    return [frame(FIN | TEXT, data)];
  }
  if (kind === 'part') {
    endpoint.sendText(data, { fin: false });
    endpoint.sendText(data);
    return [frame(TEXT, data), frame(FIN, data)];
  }
  if (kind === 'binary') {
    endpoint.sendBinary(Buffer.from(data));
    return [frame(FIN | BINARY, data)];
  }
  if (kind === 'ping') {
    endpoint.sendPing(Buffer.from(data.slice(0, 125)));
    return [frame(FIN | PING, data.slice(0, 125))];
  }
  if (kind !== 'prepared') return [];
  endpoint.sendPrepared(prepareMessage(data));
  return [frame(FIN | TEXT, data)];
}

function lengthOf(buffers: readonly Buffer[]): number {
  return buffers.reduce((sum, { length }) => sum + length, 0);
}

/** Lets a chunk arrive as one of the shared read buffer. */
function fill(endpoint: Endpoint, chunk: Buffer): void {
  const { readBuffer } = workspace;
  if (readBuffer === undefined) throw new Error('this platform has no WebAssembly SIMD to test');
  chunk.copy(readBuffer);
  endpoint.receive(readBuffer, chunk.length);
}

/** Reads in chunks of the sizes, in turn. `pauses` say how many events of one are read before it is gone. */
function readInChunks(bytes: Buffer, sizes: readonly number[], pauses: readonly number[]): Told[] {
  const endpoint = openEndpoint({ role: 'server', workspace });
  const told: Told[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    fill(endpoint, bytes.subarray(at, at + size));
    at += size;
    told.push(...readAll(endpoint, pauses[turn] ?? Infinity));
    endpoint.retainInput();
  }
  return [...told, ...readAll(endpoint)];
}
