import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'nestjs-wsgate/server';
import { startServer } from '../../client/support/test-server.js';
import { connectPeer, type WsPeer } from '../../nest/support/ws-peer.js';
import { ChildApp } from '../support/child-app.js';
import { until } from '../support/gate.js';
import { Outside } from './support/outside.js';

/** Milliseconds of every deadline; the event loop is held four times as long. */
const DEADLINE = 300;
const BLOCKED = 4 * DEADLINE;

/** Milliseconds; half of them are long enough for a thousand clients to answer on a busy machine. */
const HEARTBEAT = 2_000;

/** More than one look of the event loop at its sockets takes in (1 024). */
const CROWD = 1_100;

interface Stage {
  readonly app: ChildApp;
  readonly outside: Outside;
  /** Who has the event loop held. */
  readonly blocker: WsPeer;
}

async function setUp(): Promise<Stage> {
  const outside = await Outside.start();
  const app = await ChildApp.start('blocked', ...[HEARTBEAT, DEADLINE, outside.port].map(String));
  onTestFinished(() => app.kill());
  return { app, outside, blocker: await connectPeer(`${app.url}/quiet`) };
}

/** Resolves when the application has said so, for the `nth` time. */
function told(app: ChildApp, what: string, nth = 1): Promise<void> {
  return until(() => app.lines.filter((line) => line === what).length >= nth);
}

/** Resolves when the event loop is held. */
async function block({ app, blocker }: Stage, phase = 'poll', ms = BLOCKED): Promise<void> {
  const before = app.lines.filter((line) => line === 'blocked').length;
  blocker.send({ type: 'block', data: { phase, ms } });
  await told(app, 'blocked', before + 1);
}

/** A client that answers pings and says nothing else. */
async function join(url: string): Promise<void> {
  const socket = new WebSocket(`${url}/quiet`);
  onTestFinished(() => socket.terminate());
  await new Promise<void>((resolve) => socket.once('open', resolve));
}

/** The next ping of the server's heartbeat. */
function pinged({ socket }: WsPeer): Promise<unknown> {
  return new Promise((resolve) => socket.once('ping', resolve));
}

describe('a server whose event loop was held', () => {
  it('takes no quiet client for dead, however many there are', async () => {
    const stage = await setUp();
    const { app, blocker } = stage;
    for (let joined = 0; joined < CROWD; joined += 100) {
      await Promise.all(Array.from({ length: 100 }, () => join(app.url)));
    }
    for (const phase of ['poll', 'check', 'timers']) await block(stage, phase, HEARTBEAT * 1.2);
    // One who would be taken for dead by mistake is so at the second look.
    for (let look = 0; look < 2; look++) await pinged(blocker);
    expect(await blocker.call('count')).toMatchObject({ data: CROWD + 1 });
    expect(app.lines.filter((line) => line !== 'blocked')).toEqual([]);
  });

  it('refuses no handshake whose guard was answered meanwhile', async () => {
    const stage = await setUp();
    const guarded = connectPeer(`${stage.app.url}/guarded`);
    await told(stage.app, 'guarding');
    await block(stage);
    stage.outside.answer();
    expect(await (await guarded).call('hello')).toMatchObject({ data: 'world' });
  });

  it('closes no connection whose onWsOpen was answered meanwhile', async () => {
    const stage = await setUp();
    const opening = await connectPeer(`${stage.app.url}/opening`);
    await told(stage.app, 'opening');
    await block(stage);
    stage.outside.answer();
    expect(await opening.call('hello')).toMatchObject({ data: 'world' });
  });

  it('lets no call time out whose answer came meanwhile', async () => {
    const stage = await setUp();
    const peer = await connectPeer(`${stage.app.url}/busy`);
    const reply = peer.call('ask');
    await told(stage.app, 'asking');
    await block(stage);
    stage.outside.answer();
    expect(await reply).toMatchObject({ op: 'reply', data: 'yes' });
  });

  it('answers what was in flight when it was told to drain', async () => {
    const stage = await setUp();
    const peer = await connectPeer(`${stage.app.url}/busy`);
    const reply = peer.call('wait');
    await told(stage.app, 'waiting');
    peer.send({ type: 'drain' });
    await told(stage.app, 'blocked');
    stage.outside.answer();
    expect(await reply).toMatchObject({ op: 'reply', data: 'yes' });
    expect(await peer.closed).toMatchObject({ code: 1001 });
  });

  it('takes no client for idle that asked for something meanwhile', async () => {
    const stage = await setUp();
    const peer = await connectPeer(`${stage.app.url}/busy`);
    peer.send({ type: 'touch' });
    await block(stage);
    peer.send({ type: 'touch' });
    await stage.blocker.call('count');
    expect(await peer.call('touch')).toMatchObject({ op: 'reply' });
  });

  it('cuts no closing handshake that was answered meanwhile', async () => {
    const { app } = await setUp();
    const peer = await connectPeer(`${app.url}/busy`);
    peer.send({ type: 'leave' });
    expect(await peer.closed).toEqual({ code: 4000, reason: 'as asked' });
    await told(app, 'busy closed 4000 true');
  });

  it('closes no reader that read meanwhile', async () => {
    const stage = await setUp();
    const peer = await connectPeer(`${stage.app.url}/busy`);
    peer.send({ type: 'flood', id: 'flood' });
    await peer.next(({ op }) => op === 'next');
    peer.socket.pause();
    await stage.blocker.call('count');
    await block(stage);
    peer.socket.resume();
    expect(await peer.next(({ op }) => op === 'complete')).toMatchObject({ id: 'flood' });
  });
});

describe('a client whose event loop was held', () => {
  it('connects, gets its reply, and takes no server for dead', async () => {
    const server = await startServer({ hello: () => 'world' });
    const app = await ChildApp.start('blocked-client', server.url, String(DEADLINE));
    onTestFinished(() => app.kill());
    await told(app, 'ping', 3);
    expect(app.lines.filter((line) => line !== 'ping')).toEqual(['open', 'world']);
  });
});
