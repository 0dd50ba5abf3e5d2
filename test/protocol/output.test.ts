import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareMessage } from '../../lib/protocol/message/prepared-message.js';
import { SlabPool } from '../../lib/protocol/output/slab-pool.js';
import { createServerWorkspace } from '../../lib/protocol/workspace.js';
import { BINARY, FIN, frame, PING } from '../vectors/wire.js';
import { openEndpoint } from './endpoints.js';

/** What was taken from an endpoint and is still on its way to the kernel, and what it must stay. */
interface InFlight {
  readonly parts: readonly Buffer[];
  readonly expected: Buffer;
}

const SIZE = fc.oneof(
  fc.nat(200),
  fc.constantFrom(4_090, 16_383, 16_384, 16_385, 65_521, 65_522, 65_536, 100_000),
  fc.nat(70_000),
);
const STEP = fc.record({
  endpoint: fc.nat(2),
  action: fc.oneof(
    { weight: 4, arbitrary: fc.constant('send' as const) },
    { weight: 1, arbitrary: fc.constant('prepared' as const) },
    { weight: 1, arbitrary: fc.constant('ping' as const) },
    { weight: 3, arbitrary: fc.constant('take' as const) },
    { weight: 2, arbitrary: fc.constant('written' as const) },
  ),
  size: SIZE,
  fill: fc.nat(255),
});

/** One endpoint beside others of the same workspace, and what its output should be. */
class Watched {
  readonly #endpoint;
  #waiting: Buffer[] = [];
  #inFlight: InFlight[] = [];

  constructor(workspace: ReturnType<typeof createServerWorkspace>) {
    this.#endpoint = openEndpoint({ role: 'server', workspace });
  }

  do({ action, size, fill }: { action: string; size: number; fill: number }): void {
    if (action === 'take') this.#take();
    else if (action === 'written') this.#markWritten();
    else this.#send(action, Buffer.alloc(action === 'ping' ? size % 126 : size, fill));
  }

  /** The bytes of everything in flight are what they were when they were sent. */
  check(): void {
    for (const { parts, expected } of this.#inFlight) {
      if (!Buffer.concat(parts).equals(expected)) throw new Error('bytes in flight have changed');
    }
    const waiting = this.#waiting.reduce((sum, { length }) => sum + length, 0);
    if (this.#endpoint.pendingOutput !== waiting) throw new Error('pendingOutput is wrong');
  }

  #send(action: string, bytes: Buffer): void {
    if (action === 'ping') this.#endpoint.sendPing(bytes);
    else if (action === 'prepared') this.#endpoint.sendPrepared(prepareMessage(bytes));
    else this.#endpoint.sendBinary(bytes);
    this.#waiting.push(frame(FIN | (action === 'ping' ? PING : BINARY), bytes));
  }

  #take(): void {
    const parts = this.#endpoint.takeOutput();
    this.#inFlight.push({ parts, expected: Buffer.concat(this.#waiting) });
    this.#waiting = [];
  }

  #markWritten(): void {
    this.check();
    this.#inFlight = [];
    this.#endpoint.releaseOutput();
  }
}

describe('output of endpoints that share a workspace', () => {
  it('is each its own until it is released, whatever the others send', () => {
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 60, size: 'max' }), (steps) => {
        const workspace = createServerWorkspace();
        const endpoints = [0, 1, 2].map(() => new Watched(workspace));
        for (const step of steps) {
          endpoints[step.endpoint].do(step);
          for (const each of endpoints) each.check();
        }
      }),
      { numRuns: 60 },
    );
  });

  it('goes into the slabs the pool began with, also after a burst that took many more', () => {
    const memory = Buffer.alloc(192);
    const begun = [0, 64, 128].map((at) => memory.subarray(at, at + 64));
    const pool = new SlabPool(64, begun);
    const burst = Array.from({ length: 50 }, () => pool.take(64));
    for (const slab of burst.toReversed()) pool.give(slab);
    const again = Array.from({ length: 50 }, () => pool.take(1));
    expect(begun.every((slab) => again.includes(slab))).toBe(true);
  });

  it('goes into the same memory again once it is released', () => {
    const workspace = createServerWorkspace();
    const [a, b] = [0, 1].map(() => openEndpoint({ role: 'server', workspace }));
    a.sendText('from a');
    const [first] = a.takeOutput();
    a.releaseOutput();
    b.sendText('from b');
    const [second] = b.takeOutput();
    expect(second.buffer).toBe(first.buffer);
  });

  it('takes no more memory under steady load, where something always waits', () => {
    const endpoint = openEndpoint({ role: 'server' });
    const payload = Buffer.alloc(10_000);
    const seen = new Set<ArrayBufferLike>();
    endpoint.sendBinary(payload);
    for (let round = 0; round < 1000; round++) {
      for (const { buffer } of endpoint.takeOutput()) seen.add(buffer);
      endpoint.sendBinary(payload);
      endpoint.releaseOutput();
    }
    expect(seen.size).toBeLessThan(5);
  });

  it('is one buffer, however many small messages it holds', () => {
    const endpoint = openEndpoint({ role: 'server' });
    for (let i = 0; i < 1000; i++) endpoint.sendText('small');
    expect(endpoint.takeOutput()).toHaveLength(1);
    endpoint.releaseOutput();
  });

  it('may be released when nothing was sent, or twice', () => {
    const workspace = createServerWorkspace();
    const [a, b] = [0, 1].map(() => openEndpoint({ role: 'server', workspace }));
    a.releaseOutput();
    a.sendText('a');
    a.takeOutput();
    a.releaseOutput();
    a.releaseOutput();
    a.sendText('a');
    b.sendText('b');
    expect(String(Buffer.concat(a.takeOutput()))).toContain('a');
    expect(String(Buffer.concat(b.takeOutput()))).toContain('b');
  });

  it('is not released while some of it waits to be taken', () => {
    const workspace = createServerWorkspace();
    const [a, b] = [0, 1].map(() => openEndpoint({ role: 'server', workspace }));
    a.sendText('first');
    a.takeOutput();
    a.sendText('second');
    a.releaseOutput();
    b.sendText('other');
    expect(Buffer.concat(a.takeOutput())).toEqual(frame(0x81, 'second'));
    expect(Buffer.concat(b.takeOutput())).toEqual(frame(0x81, 'other'));
  });
});
