import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../lib/protocol/endpoint.js';
import { createServerWorkspace } from '../../lib/protocol/workspace.js';
import { VECTOR_TABLES } from '../vectors/all.js';
import { packed } from '../vectors/packed.js';
import type { Told } from '../vectors/vector.js';
import {
  BINARY,
  CLOSE,
  closeBody,
  FIN,
  frame,
  masked,
  PING,
  PONG,
  readFrames,
  RSV1,
  TEXT,
} from '../vectors/wire.js';
import { openEndpoint, readAll, takeBytes } from './endpoints.js';

function openServer(more: Omit<Parameters<typeof openEndpoint>[0], 'role'> = {}): Endpoint {
  return openEndpoint({ role: 'server', ...more });
}

function pongs(endpoint: Endpoint): string[] {
  return readFrames(takeBytes(endpoint)).map(({ payload }) => payload.toString());
}

describe('an endpoint that has sent its Close frame', () => {
  it('reads on until the other one comes, and answers nothing more', () => {
    const endpoint = openServer();
    endpoint.sendClose(1000, 'bye');
    expect(takeBytes(endpoint)).toEqual(frame(FIN | CLOSE, closeBody(1000, 'bye')));
    endpoint.receive(Buffer.concat([masked(FIN | TEXT, 'still'), masked(FIN | PING, 'here')]));
    expect(readAll(endpoint)).toEqual([
      ['text', 'still'],
      ['ping', Buffer.from('here')],
    ]);
    endpoint.receive(
      Buffer.concat([masked(FIN | CLOSE, closeBody(1000)), masked(FIN | TEXT, 'x')]),
    );
    expect(readAll(endpoint)).toEqual([['close', 1000, '']]);
    expect(endpoint.state).toBe('closed');
    expect(takeBytes(endpoint).length).toBe(0);
  });

  it('fails for a violation without a second one', () => {
    const endpoint = openServer();
    endpoint.sendClose(1000);
    takeBytes(endpoint);
    endpoint.receive(masked(FIN | 0x7, ''));
    expect(readAll(endpoint)).toEqual([['violation', 'reserved-opcode']]);
    expect(endpoint.state).toBe('failed');
    expect(takeBytes(endpoint).length).toBe(0);
  });

  it('lets a ping that was to be answered last go unanswered', () => {
    const endpoint = openServer({ limits: { maxPendingAutoPongs: 1 } });
    endpoint.receive(Buffer.concat([masked(FIN | PING, '1'), masked(FIN | PING, '2')]));
    readAll(endpoint);
    endpoint.sendClose(1000);
    expect(readFrames(takeBytes(endpoint)).map(({ firstByte }) => firstByte)).toEqual([
      FIN | PONG,
      FIN | CLOSE,
    ]);
  });
});

describe('pongs', () => {
  const burst = (from: number, to: number): Buffer =>
    Buffer.concat(
      Array.from({ length: to - from }, (_, i) => masked(FIN | PING, String(from + i))),
    );

  it('are held to a number while the transport does not take them', () => {
    const endpoint = openServer();
    endpoint.receive(burst(0, 10_000));
    expect(readAll(endpoint)).toHaveLength(10_000);
    expect(endpoint.pendingOutput).toBeLessThan(60 * 127);
    const sent = pongs(endpoint);
    expect([sent.length, sent[59], sent[60]]).toEqual([61, '59', '9999']);
    endpoint.receive(burst(0, 2));
    readAll(endpoint);
    expect(pongs(endpoint)).toEqual(['0', '1']);
  });

  it('come in the order of their pings, chunk after chunk', () => {
    const endpoint = openServer({ limits: { maxPendingAutoPongs: 2 } });
    for (let i = 0; i < 6; i++) {
      endpoint.receive(burst(i, i + 1));
      readAll(endpoint);
    }
    endpoint.sendText('between');
    expect(pongs(endpoint)).toEqual(['0', '1', 'between', '5']);
    expect(pongs(endpoint)).toEqual([]);
  });

  it('are without a limit where it is off', () => {
    const endpoint = openServer({ limits: { maxPendingAutoPongs: 0 } });
    endpoint.receive(burst(0, 300));
    readAll(endpoint);
    expect(pongs(endpoint)).toHaveLength(300);
  });
});

const ROWS = Object.values(VECTOR_TABLES)
  .flat()
  .filter(
    ({ bytes, role, isAboutChunks }) => role === 'server' && bytes.length < 400 && !isAboutChunks,
  );

describe('chunks', () => {
  it('may be put in before the last one is read', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ROWS),
        fc.array(fc.nat(20)),
        fc.infiniteStream(fc.boolean()),
        (row, cuts, reads) => {
          const endpoint = openEndpoint(row);
          const told: Told[] = [];
          let at = 0;
          for (const size of [...cuts, row.bytes.length]) {
            endpoint.receive(Buffer.from(row.bytes.subarray(at, at + size)));
            at += size;
            if (reads.next().value === true) told.push(...readAll(endpoint));
          }
          told.push(...readAll(endpoint));
          expect(told).toEqual(row.events);
          endpoint.dispose();
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each(ROWS.map((row) => [row.name, row] as const))('may share memory: %s', (_, row) => {
    // As a server reads: one buffer for all connections, full of another's bytes the moment after.
    const { readBuffer = Buffer.alloc(65_536), ...workspace } = createServerWorkspace();
    for (const size of [1, 3, 7, row.bytes.length]) {
      const endpoint = openEndpoint({ ...row, workspace: { ...workspace, readBuffer } });
      const told: Told[] = [];
      for (let at = 0; at < row.bytes.length; at += size) {
        const length = row.bytes.copy(readBuffer, 0, at, at + size);
        endpoint.receive(readBuffer.subarray(0, length));
        told.push(...readAll(endpoint));
        readBuffer.fill(0xee, 0, 500);
      }
      expect(told).toEqual(row.events);
      endpoint.dispose();
    }
  });

  it('left unread are kept by retainInput when their memory is used again', () => {
    const { readBuffer = Buffer.alloc(65_536), ...workspace } = createServerWorkspace();
    const endpoint = openServer({ workspace: { ...workspace, readBuffer } });
    const wire = Buffer.concat(['one', 'two', 'thréé'].map((text) => masked(FIN | TEXT, text)));
    const half = wire.length - 5;
    endpoint.receive(readBuffer.subarray(0, wire.copy(readBuffer, 0, 0, half)));
    expect(endpoint.nextEvent()).toEqual({ type: 'text', data: 'one' });
    endpoint.retainInput();
    readBuffer.fill(0xee);
    endpoint.receive(readBuffer.subarray(0, wire.copy(readBuffer, 0, half)));
    expect(readAll(endpoint)).toEqual([
      ['text', 'two'],
      ['text', 'thréé'],
    ]);
  });

  it('may be empty', () => {
    const endpoint = openServer();
    for (const byte of masked(FIN | TEXT, 'é')) {
      endpoint.receive(Buffer.alloc(0));
      expect(readAll(endpoint)).toEqual([]);
      endpoint.receive(Buffer.from([byte]));
      const told = readAll(endpoint);
      expect(told.length === 0 || told[0][1] === 'é').toBe(true);
    }
  });

  it('give payloads that later chunks do not change', () => {
    const endpoint = openServer({ deflate: { peerForgets: true } });
    const send = (fill: number): Told[] => {
      const bytes = Buffer.alloc(60, fill);
      const wire = Buffer.concat([
        masked(FIN | BINARY, bytes),
        masked(FIN | RSV1 | BINARY, packed(bytes)),
        masked(BINARY, bytes.subarray(0, 30)),
        masked(FIN | PING, bytes),
        masked(FIN, bytes.subarray(30)),
      ]);
      endpoint.receive(wire);
      const told = readAll(endpoint);
      wire.fill(0xee);
      return told;
    };
    const rounds = [1, 2, 3].map((fill) => [fill, send(fill)] as const);
    for (const [fill, told] of rounds) {
      expect(told).toHaveLength(4);
      expect(told.every(([, data]) => Buffer.alloc(60, fill).equals(data as Buffer))).toBe(true);
    }
  });
});

describe('text that ends with its run', () => {
  // Decoders work in runs of 64 KiB: no character may be lost or torn where one ends.
  it.each([65_520, 65_533, 65_534, 65_535, 65_536, 131_072])(
    'of %i bytes arrives whole',
    (length) => {
      for (const character of ['é', '€', '🦊']) {
        const width = Buffer.byteLength(character);
        for (const text of [
          'x'.repeat(length - width) + character,
          character + 'x'.repeat(length - width),
        ]) {
          const endpoint = openServer();
          endpoint.receive(masked(FIN | TEXT, text));
          const [event] = readAll(endpoint);
          expect(event[1] === text).toBe(true);
        }
      }
    },
  );
});

describe('an endpoint that was disposed of', () => {
  it('has forgotten what it had not finished', () => {
    const endpoint = openServer({ deflate: {} });
    endpoint.receive(Buffer.concat([masked(RSV1 | TEXT, 'a'), masked(FIN | PING, '')]));
    endpoint.dispose();
    endpoint.dispose();
    expect(readAll(endpoint)).toEqual([]);
  });
});
