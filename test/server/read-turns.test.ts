import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'nestjs-wsgate/server';
import { clientFrame, FIN_TEXT, RawPeer } from '../socket/support/raw-peer.js';
import { next, serve } from '../socket/support/serve.js';
import { TurnCounter } from '../socket/support/turns.js';
import { nextUncaught } from '../socket/support/uncaught.js';

/** Milliseconds; ten messages that cost this much each fill a turn. */
const DEAR = 5;
/** Twice what fits into a turn: a machine under load gets through fewer of them, never more. */
const MOST_A_TURN = 20;
const CLIENTS = 60;
/** Large enough to have the clock looked at for every message. */
const LARGE = 'x'.repeat(40_000);

/** Both ends of a connection. */
interface Pair {
  readonly far: WebSocket;
  readonly peer: RawPeer;
}

async function joinOften(count: number): Promise<readonly Pair[]> {
  const { server, port } = await serve();
  const pairs: Pair[] = [];
  for (let at = 0; at < count; at++) {
    const [[far], peer] = await Promise.all([next(server, 'connection'), RawPeer.join(port)]);
    pairs.push({ far: far as WebSocket, peer });
  }
  return pairs;
}

function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** Sends from all in one go, so that one turn finds it all; until so many messages of each are handled. */
function sendFromAll(
  pairs: readonly Pair[],
  frames: Buffer,
  onMessage: (at: number) => unknown,
  messages = 1,
): Promise<void> {
  let left = pairs.length * messages;
  return new Promise((resolve) => {
    for (const [at, { far }] of pairs.entries()) {
      far.on('message', () => {
        if (--left === 0) resolve();
        onMessage(at);
      });
    }
    for (const { peer } of pairs) peer.socket.write(frames);
  });
}

describe('a turn of the event loop', () => {
  it.each<[string, () => unknown]>([
    ['handlers', () => work(DEAR)],
    ['the promises of handlers', async () => work(await Promise.resolve(DEAR))],
  ])('ends, whatever else has arrived, when %s have taken their time', async (_what, handle) => {
    const pairs = await joinOften(CLIENTS);
    const clock = new TurnCounter();
    const handled = new Map<number, number>();
    await sendFromAll(pairs, clientFrame(FIN_TEXT, LARGE), () => {
      handled.set(clock.turn, (handled.get(clock.turn) ?? 0) + 1);
      handle();
    });
    clock.stop();
    expect(Math.max(...handled.values())).toBeLessThan(MOST_A_TURN);
  });
});

describe('behind many who flood', () => {
  it('one who does not waits for a little of each', async () => {
    const floods = 2_000;
    const flood = Buffer.concat(Array.from({ length: floods }, () => clientFrame(FIN_TEXT, '?')));
    const [modest, ...flooding] = await joinOften(11);
    let handled = 0;
    const allFloods = sendFromAll(
      flooding,
      flood,
      () => {
        // Not earlier: which of them is read from first is up to the kernel.
        if (handled++ === 0) modest.peer.socket.write(clientFrame(FIN_TEXT, '!'));
        work(0.02);
      },
      floods,
    );
    await next(modest.far, 'message');
    expect(handled).toBeLessThan((flooding.length * floods) / 2);
    await allFloods;
  });
});

describe('those who wait for a turn', () => {
  it('are each handled in the async context of their own connection', async () => {
    const pairs = await joinOften(CLIENTS);
    const store = new AsyncLocalStorage<number>();
    const seen = new Set<number | undefined>();
    await sendFromAll(pairs, clientFrame(FIN_TEXT, LARGE), (at) => {
      seen.add(store.getStore());
      store.enterWith(at);
      work(DEAR);
    });
    expect([...seen]).toEqual([undefined]);
  });

  it('are handled though a listener of another throws', async () => {
    const pairs = await joinOften(CLIENTS);
    const thrown = nextUncaught();
    await sendFromAll(pairs, clientFrame(FIN_TEXT, LARGE), (at) => {
      work(DEAR);
      if (at === CLIENTS / 2) throw new Error('of the application');
    });
    expect((await thrown).message).toBe('of the application');
  });
});
