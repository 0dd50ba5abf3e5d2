import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'nestjs-wsgate/server';
import { startServer } from '../../client/support/test-server.js';
import { connectPeer, type WsPeer } from '../../nest/support/ws-peer.js';
import { ChildApp } from '../support/child-app.js';
import { until } from '../../support/until.js';
import { Outside } from './support/outside.js';

/** Milliseconds of every deadline: long enough to bring all cases about before the loop is held. */
const DEADLINE = 1_500;

/** Milliseconds; half of them are long enough for a thousand clients to answer on a busy machine. */
const HEARTBEAT = 2_000;

/** Milliseconds the event loop is held, longer than the heartbeat and every deadline. */
const HELD = 5_000;

/** Milliseconds of a client's deadlines. */
const CLIENT_DEADLINE = 300;

/** More than one look of the event loop at its sockets takes in (1 024). */
const CROWD = 1_100;

/** Something that is under way while the event loop is held, and has to end well. */
interface Case {
  readonly title: string;
  /** Brings it about, and answers with what happens while the loop is held and what is seen then. */
  begin(stage: Stage): Promise<{
    readonly meanwhile?: () => void;
    readonly expectWell: () => Promise<void>;
  }>;
}

const CASES: readonly Case[] = [
  {
    title: 'refuses no handshake whose guard was answered meanwhile',
    async begin(stage) {
      const guarded = connectPeer(`${stage.app.url}/guarded`);
      await stage.told('guarding');
      return {
        expectWell: async () =>
          expect(await (await guarded).call('hello')).toMatchObject({ data: 'world' }),
      };
    },
  },
  {
    title: 'closes no connection whose onWsOpen was answered meanwhile',
    async begin(stage) {
      const opening = await connectPeer(`${stage.app.url}/opening`);
      await stage.told('opening');
      return {
        expectWell: async () =>
          expect(await opening.call('hello')).toMatchObject({ data: 'world' }),
      };
    },
  },
  {
    title: 'lets no call time out whose answer came meanwhile',
    async begin(stage) {
      const peer = await connectPeer(`${stage.app.url}/busy`);
      const reply = peer.call('ask');
      await stage.told('asking');
      return {
        expectWell: async () => expect(await reply).toMatchObject({ op: 'reply', data: 'yes' }),
      };
    },
  },
  {
    title: 'takes no client for idle that asked for something meanwhile',
    async begin(stage) {
      const peer = await connectPeer(`${stage.app.url}/busy`);
      let outcome: Promise<unknown>;
      return {
        meanwhile: () => {
          outcome = Promise.race([peer.call('touch'), peer.closed]);
        },
        expectWell: async () => expect(await outcome).toMatchObject({ op: 'reply' }),
      };
    },
  },
  {
    title: 'cuts no closing handshake that was answered meanwhile',
    async begin(stage) {
      const peer = await connectPeer(`${stage.app.url}/busy`);
      peer.socket.pause();
      peer.send({ type: 'leave' });
      await stage.told('leaving');
      return {
        meanwhile: () => peer.socket.resume(),
        expectWell: async () => {
          expect(await peer.closed).toEqual({ code: 4000, reason: 'as asked' });
          await stage.told('busy closed 4000 true');
        },
      };
    },
  },
  {
    title: 'closes no reader that read meanwhile',
    async begin(stage) {
      const peer = await connectPeer(`${stage.app.url}/busy`);
      peer.send({ type: 'flood', id: 'flood' });
      await peer.next(({ op }) => op === 'next');
      peer.socket.pause();
      await stage.blocker.call('count');
      const outcome = Promise.race([peer.next(({ op }) => op === 'complete'), peer.closed]);
      return {
        meanwhile: () => peer.socket.resume(),
        expectWell: async () => expect(await outcome).toMatchObject({ id: 'flood' }),
      };
    },
  },
];

/** A server whose event loop is held, and those who wait for it. */
class Stage {
  private constructor(
    readonly app: ChildApp,
    readonly outside: Outside,
    /** Who has the event loop held. */
    readonly blocker: WsPeer,
  ) {}

  static async setUp(): Promise<Stage> {
    const outside = await Outside.start();
    const app = await ChildApp.start('blocked', ...[HEARTBEAT, DEADLINE, outside.port].map(String));
    return new Stage(app, outside, await connectPeer(`${app.url}/quiet`));
  }

  /** Resolves when the application has said so, for the `nth` time. */
  told(what: string, nth = 1): Promise<void> {
    return until(() => this.count(what) >= nth);
  }

  /** Resolves when the event loop is held. */
  async block(phase: string, ms: number): Promise<void> {
    const held = this.held();
    this.blocker.send({ type: 'block', data: { phase, ms } });
    await held;
  }

  /** Resolves when the event loop is held the next time. */
  held(): Promise<void> {
    return this.told('blocked', this.count('blocked') + 1);
  }

  async tearDown(): Promise<void> {
    await this.app.kill();
    this.outside.stop();
  }

  private count(what: string): number {
    return this.app.lines.filter((line) => line === what).length;
  }
}

/** A client that answers pings and says nothing else. */
async function join(url: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url}/quiet`);
  await new Promise<void>((resolve) => socket.once('open', resolve));
  return socket;
}

/** The next ping of the server's heartbeat. */
function pinged({ socket }: WsPeer): Promise<unknown> {
  return new Promise((resolve) => socket.once('ping', resolve));
}

// One application and one time for all: what takes long is that the loop is held.
describe('a server whose event loop was held', () => {
  let stage: Stage;
  const crowd: WebSocket[] = [];
  const outcomes = new Map<Case, () => Promise<void>>();

  beforeAll(async () => {
    stage = await Stage.setUp();
    while (crowd.length < CROWD) {
      crowd.push(...(await Promise.all(Array.from({ length: 100 }, () => join(stage.app.url)))));
    }
    for (const phase of ['check', 'timers']) await stage.block(phase, HEARTBEAT * 1.2);
    await stage.blocker.call('count');
    const begun = await Promise.all(CASES.map((each) => each.begin(stage)));
    await stage.block('poll', HELD);
    begun.forEach(({ meanwhile, expectWell }, index) => {
      meanwhile?.();
      outcomes.set(CASES[index], expectWell);
    });
    stage.outside.answer();
    // The loop is free again.
    await stage.blocker.call('count');
  });

  afterAll(async () => {
    for (const socket of crowd) socket.terminate();
    await stage.tearDown();
  });

  it.each(CASES)('$title', async (each) => outcomes.get(each)?.());

  it('takes no quiet client for dead, however many there are', async () => {
    // One who would be taken for dead by mistake is so at the second look.
    for (let look = 0; look < 2; look++) await pinged(stage.blocker);
    expect(await stage.blocker.call('count')).toMatchObject({ data: CROWD + 1 });
    expect(stage.app.lines.filter((line) => line.startsWith('quiet'))).toEqual([]);
  });

  // The last: it ends the application.
  it('answers what was in flight when it was told to drain', async () => {
    const peer = await connectPeer(`${stage.app.url}/busy`);
    const reply = peer.call('wait');
    await stage.told('waiting');
    const held = stage.held();
    peer.send({ type: 'drain' });
    await held;
    stage.outside.answer();
    expect(await reply).toMatchObject({ op: 'reply', data: 'yes' });
    expect(await peer.closed).toMatchObject({ code: 1001 });
  });
});

describe('a client whose event loop was held', () => {
  it('connects, gets its reply, and takes no server for dead', async () => {
    const server = await startServer({ hello: () => 'world' });
    const app = await ChildApp.start('blocked-client', server.url, String(CLIENT_DEADLINE));
    onTestFinished(() => app.kill());
    await until(() => app.lines.filter((line) => line === 'ping').length >= 3);
    expect(app.lines.filter((line) => line !== 'ping')).toEqual(['open', 'world']);
  });
});
