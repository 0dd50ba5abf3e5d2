import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import type { WebSocket, WebSocketServer } from 'nestjs-wsgate/server';
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

/** A client whose message has reached the server, which does not read it yet. */
async function knock(server: WebSocketServer, port: number, frames: Buffer): Promise<WebSocket> {
  const [[far], peer] = await Promise.all([next(server, 'connection'), RawPeer.join(port)]);
  (far as WebSocket).pause();
  await new Promise((resolve) => peer.socket.write(frames, resolve));
  return far as WebSocket;
}

async function knockOften(count: number, frames: Buffer): Promise<readonly WebSocket[]> {
  const { server, port } = await serve();
  const sockets: WebSocket[] = [];
  for (let at = 0; at < count; at++) sockets.push(await knock(server, port, frames));
  return sockets;
}

function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** Reads from all at once until each has had its messages handled. */
function readAll(
  sockets: readonly WebSocket[],
  onMessage: (at: number) => void,
  messages = 1,
): Promise<void> {
  let left = sockets.length * messages;
  return new Promise((resolve) => {
    for (const [at, socket] of sockets.entries()) {
      socket.on('message', () => {
        if (--left === 0) resolve();
        onMessage(at);
      });
      socket.resume();
    }
  });
}

describe('a turn of the event loop', () => {
  it.each<[string, () => unknown]>([
    ['handlers', () => work(DEAR)],
    ['the promises of handlers', async () => work(await Promise.resolve(DEAR))],
  ])('ends, whatever else has arrived, when %s have taken their time', async (_what, handle) => {
    const sockets = await knockOften(CLIENTS, clientFrame(FIN_TEXT, LARGE));
    const clock = new TurnCounter();
    const handled = new Map<number, number>();
    await readAll(sockets, () => {
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
    const { server, port } = await serve();
    const flood = Buffer.concat(Array.from({ length: floods }, () => clientFrame(FIN_TEXT, '?')));
    const flooding: WebSocket[] = [];
    for (let at = 0; at < 10; at++) flooding.push(await knock(server, port, flood));
    const modest = await knock(server, port, clientFrame(FIN_TEXT, '!'));
    let handled = 0;
    const allFloods = readAll(
      flooding,
      () => {
        handled++;
        work(0.02);
        // Not earlier: which of them is read from first is up to the kernel.
        modest.resume();
      },
      floods,
    );
    await next(modest, 'message');
    expect(handled).toBeLessThan((flooding.length * floods) / 2);
    await allFloods;
  });
});

describe('those who wait for a turn', () => {
  it('are each handled in the async context of their own connection', async () => {
    const sockets = await knockOften(CLIENTS, clientFrame(FIN_TEXT, LARGE));
    const store = new AsyncLocalStorage<number>();
    const seen = new Set<number | undefined>();
    await readAll(sockets, (at) => {
      seen.add(store.getStore());
      store.enterWith(at);
      work(DEAR);
    });
    expect([...seen]).toEqual([undefined]);
  });

  it('are handled though a listener of another throws', async () => {
    const sockets = await knockOften(CLIENTS, clientFrame(FIN_TEXT, LARGE));
    const thrown = nextUncaught();
    await readAll(sockets, (at) => {
      work(DEAR);
      if (at === CLIENTS / 2) throw new Error('of the application');
    });
    expect((await thrown).message).toBe('of the application');
  });
});
