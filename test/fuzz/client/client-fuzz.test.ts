import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Dispatcher } from '../../../lib/client/calls/dispatcher.js';
import { RequestCall } from '../../../lib/client/calls/request-call.js';
import { StreamCall } from '../../../lib/client/calls/stream-call.js';
import { ClientFuzzer } from './client-fuzzer.mjs';

const CASES = 500;
/** Far more than it takes on an idle machine. */
const TIMEOUT = 60_000;

async function runAll(): Promise<Set<string>> {
  const fuzzer = new ClientFuzzer();
  const told = new Set<string>();
  for (let seed = 0; seed < CASES; seed++) {
    for (const end of (await fuzzer.run(seed)).told) told.add(end);
  }
  return told;
}

describe('whatever a server says', () => {
  it(
    'each call of the client has one end, and what it says to the server fits',
    async () => {
      const ends = ['reply', 'complete', 'stopped', 'aborted', 'remote NOT_FOUND'];
      const failures = ['client NOT_A_REPLY', 'client CONNECTION_LOST', 'client CLOSED'];
      expect([...(await runAll())]).toEqual(expect.arrayContaining([...ends, ...failures]));
    },
    TIMEOUT,
  );
});

describe('the fuzzer of the client finds', () => {
  it.each<[string, () => { mockRestore(): void }]>([
    ['an outcome that is lost', () => vi.spyOn(Dispatcher.prototype, 'receive').mockReturnValue()],
    ['a cancel that is lost', () => vi.spyOn(Dispatcher.prototype, 'cancel').mockReturnValue()],
    ['credit that is lost', () => vi.spyOn(StreamCall.prototype, 'took').mockReturnValue()],
    [
      'a call that is left when the connection ends',
      () => vi.spyOn(RequestCall.prototype, 'fail').mockReturnValue(),
    ],
  ])(
    '%s',
    async (_what, breakIt) => {
      const spy = breakIt();
      onTestFinished(() => spy.mockRestore());
      await expect(runAll()).rejects.toThrow('with:');
    },
    TIMEOUT,
  );
});
