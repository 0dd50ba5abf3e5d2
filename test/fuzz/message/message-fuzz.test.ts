import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Calls } from '../../../lib/nest/session/calls/calls.js';
import { CallLink } from '../../../lib/nest/session/calls/call-link.js';
import { CallTable } from '../../../lib/nest/session/calls/call-table.js';
import { OverflowBuffer } from '../../../lib/nest/session/stream/overflow-buffer.js';
import { MessageSender } from '../../../lib/nest/session/message-sender.js';
import { ObservableStream } from '../../../lib/nest/session/stream/observable-stream.js';
import { MessageFuzzer } from './message-fuzzer.mjs';
import { shrink } from './shrink.mjs';

const CASES = 200;
/** Far more than it takes on an idle machine. */
const TIMEOUT = 60_000;

async function createFuzzer(): Promise<MessageFuzzer> {
  const fuzzer = await MessageFuzzer.create();
  onTestFinished(() => fuzzer.close());
  return fuzzer;
}

async function runAll(fuzzer: MessageFuzzer, cases: number): Promise<Set<string>> {
  const told = new Set<string>();
  for (let seed = 0; seed < cases; seed++) {
    for (const name of (await fuzzer.run(seed)).told) told.add(name);
  }
  return told;
}

describe('whatever a client asks for, in whatever order', () => {
  it(
    'the answer is what PROTOCOL.md promises, and nothing is left',
    async () => {
      const told = await runAll(await createFuzzer(), CASES);
      // A fuzzer that never comes as far as these would find nothing wrong with them.
      const ops = ['reply', 'next', 'complete', 'pong'];
      const codes = ['BAD_MESSAGE', 'DUPLICATE_ID', 'UNKNOWN_TYPE', 'OVERFLOW', 'INTERNAL'];
      expect([...told]).toEqual(expect.arrayContaining([...ops, ...codes]));
    },
    TIMEOUT,
  );

  it(
    'is the same case again for the same seed',
    async () => {
      const fuzzer = await createFuzzer();
      for (let seed = 0; seed < 20; seed++) {
        expect(await fuzzer.run(seed)).toEqual(await fuzzer.run(seed));
      }
    },
    TIMEOUT,
  );
});

describe('the fuzzer of messages finds', () => {
  const nothing = (): undefined => undefined;
  const broken: readonly [string, () => { mockRestore(): void }][] = [
    ['items without credit', () => vi.spyOn(CallLink.prototype, 'canSend').mockReturnValue(true)],
    [
      'two calls under one id',
      () => vi.spyOn(CallTable.prototype, 'find').mockImplementation(nothing),
    ],
    ['a cancel that is lost', () => vi.spyOn(Calls.prototype, 'cancel').mockReturnValue()],
    [
      'a subscription that stays',
      () => vi.spyOn(ObservableStream.prototype, 'stop').mockReturnValue(),
    ],
    ['a gap nobody tells', () => vi.spyOn(OverflowBuffer.prototype, 'takeGap').mockReturnValue(0)],
    [
      'a place that is not given back',
      () => vi.spyOn(CallTable.prototype, 'freePlace').mockReturnValue(),
    ],
    [
      'an error that is lost',
      () => vi.spyOn(MessageSender.prototype, 'sendError').mockReturnValue(),
    ],
  ];

  it.each(broken)(
    '%s, and shows it in a few steps',
    async (_what, breakIt) => {
      const fuzzer = await createFuzzer();
      const spy = breakIt();
      onTestFinished(() => spy.mockRestore());
      const found: unknown = await runAll(fuzzer, CASES).catch((error: unknown) => error);
      expect(found).toBeInstanceOf(Error);
      const steps = (found as Error).message.split('\n').slice(2);
      expect(steps.length).toBeGreaterThan(0);
      expect(steps.length).toBeLessThanOrEqual(6);
    },
    TIMEOUT,
  );
});

describe('shrinking', () => {
  it('leaves what it takes to fail, in order', async () => {
    const all = Array.from({ length: 50 }, (_, n) => n);
    const fails = async (list: readonly number[]): Promise<boolean> =>
      [3, 20, 41].every((n) => list.includes(n));
    expect(await shrink(all, fails)).toEqual([3, 20, 41]);
  });
});
