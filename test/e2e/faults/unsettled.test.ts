import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectPeer } from '../../nest/support/ws-peer.js';
import { ChildApp } from '../support/child-app.js';

const CLIENTS = 2_000;
const AT_ONCE = 100;

/** How often the application is asked: a garbage collection may leave something for the next. */
const LOOKS = 10;

describe('a connection that is over is let go of by what its calls still wait for:', () => {
  let app: ChildApp;

  beforeAll(async () => {
    app = await ChildApp.start('unsettled');
  });

  afterAll(() => app.kill());

  /** Calls, waits for what comes, and goes. */
  async function visit(type: string, isCancelled: boolean): Promise<void> {
    const peer = await connectPeer(`${app.url}/unsettled`);
    peer.send({ type, id: 1, data: 'x'.repeat(1_000) });
    if (type === 'deadline') await peer.next(({ op }) => op === 'error');
    if (isCancelled) peer.send({ op: 'cancel', id: 1 });
    // Whoever is answered has had its call taken.
    peer.send({ op: 'ping' });
    await peer.next(({ op }) => op === 'pong');
    await peer.close();
  }

  async function countInMemory(): Promise<number> {
    const answered = once(app.process, 'message') as Promise<[number]>;
    app.process.send('count');
    return (await answered)[0];
  }

  it.each([
    ['a promise', 'promise', false],
    ['a promise whose call was cancelled', 'promise', true],
    ['a promise whose call timed out', 'deadline', false],
    ['a promise that holds up the queue', 'serial', false],
    ['a promise behind an interceptor', 'intercepted', false],
    ['an Observable', 'observable', false],
    ['an AsyncIterable', 'iterable', false],
  ])('%s', async (_what, type, isCancelled) => {
    for (let gone = 0; gone < CLIENTS / 7; gone += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, () => visit(type, isCancelled)));
    }
    let inMemory = await countInMemory();
    for (let look = 1; look < LOOKS && inMemory > 0; look++) inMemory = await countInMemory();
    expect(inMemory).toBe(0);
  });
});
