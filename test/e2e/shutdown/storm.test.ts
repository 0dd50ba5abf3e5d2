import { describe, expect, it, onTestFinished } from 'vitest';
import { connectPeer, refusedPeer, type WsPeer } from '../../nest/support/ws-peer.js';
import { ChildApp } from '../support/child-app.js';
import { until } from '../../support/until.js';
import { PLATFORMS } from '../support/serve.js';

const DRAIN_TIMEOUT = 4_000;

/** Milliseconds: more than all that the options allow, and less than anything else would take. */
const BOUND = 30_000;

const WORKERS = 40;
const CALLS = 100;
const OTHERS = 10;

/** As many of something, at the same time. */
function several<T>(length: number, make: (at: number) => Promise<T>): Promise<readonly T[]> {
  return Promise.all(Array.from({ length }, (_, at) => make(at)));
}

/** How often the application has said so. */
function count(app: ChildApp, what: string): number {
  return app.lines.filter((line) => line === what).length;
}

/** Resolves when all this client has asked for is being handled. */
async function settled(peer: WsPeer): Promise<void> {
  peer.send({ op: 'ping' });
  await peer.next(({ op }) => op === 'pong');
}

/** A hundred calls in flight. */
async function work(app: ChildApp, name: number): Promise<WsPeer> {
  const peer = await connectPeer(`${app.url}/work`);
  for (let call = 0; call < CALLS; call++) {
    peer.send({ type: 'work', id: call, data: `${name}.${call}` });
  }
  await settled(peer);
  return peer;
}

/** Someone who asked for something that has no end. */
async function wait(app: ChildApp, type: 'ticks' | 'flood' | 'never'): Promise<WsPeer> {
  const peer = await connectPeer(`${app.url}/work`);
  peer.send({ type, id: type });
  if (type === 'flood') await peer.next(({ op }) => op === 'next');
  else await settled(peer);
  return peer;
}

/** Someone the server closes, and who does not answer. */
async function leave(app: ChildApp): Promise<WsPeer> {
  const peer = await connectPeer(`${app.url}/work`);
  peer.socket.pause();
  peer.send({ type: 'leave' });
  return peer;
}

async function codesOf(peers: readonly WsPeer[]): Promise<readonly number[]> {
  const endings = await Promise.all(peers.map(({ closed }) => closed));
  return Array.from(new Set(endings.map(({ code }) => code)));
}

describe.each(PLATFORMS)('SIGTERM while everything happens at once, on %s', (platform) => {
  it('loses no reply, tells everyone, and ends in time', async () => {
    const app = await ChildApp.start('storm', platform, String(DRAIN_TIMEOUT));
    onTestFinished(() => app.kill());
    const refusals = several(OTHERS, () => refusedPeer(`${app.url}/guarded`));
    const opening = await several(OTHERS, () => connectPeer(`${app.url}/opening`));
    const streaming = await several(OTHERS, () => wait(app, 'ticks'));
    const waiting = await several(OTHERS, () => wait(app, 'never'));
    const slow = await wait(app, 'flood');
    slow.socket.pause();
    const leaving = await several(OTHERS, () => leave(app));
    await until(() =>
      ['guarding', 'opening', 'leaving'].every((what) => count(app, what) === OTHERS),
    );
    const workers = await several(WORKERS, (name) => work(app, name));

    const begun = performance.now();
    app.process.kill('SIGTERM');
    expect((await refusals).map(({ status }) => status)).toEqual(Array(OTHERS).fill(503));
    slow.socket.resume();
    expect(await codesOf([...opening, ...streaming, ...waiting, ...workers, slow])).toEqual([1001]);
    expect(await app.ended).toEqual({ code: 0, signal: null, stderr: '' });
    expect(performance.now() - begun).toBeLessThan(BOUND);

    for (const { socket } of leaving) socket.resume();
    expect(await codesOf(leaving)).toEqual([4000]);
    const replied = workers.flatMap(({ messages }) =>
      messages.filter(({ op }) => op === 'reply').map(({ data }) => `computed ${String(data)}`),
    );
    expect(replied).toHaveLength(WORKERS * CALLS);
    expect(app.lines.filter((line) => line.startsWith('computed')).sort()).toEqual(replied.sort());
  });
});
