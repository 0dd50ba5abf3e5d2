import { afterEach, describe, expect, it } from 'vitest';
import {
  clientFrame,
  FIN_CLOSE,
  type RawPeer,
  FIN_TEXT,
  upgradeRequest,
} from '../../socket/support/raw-peer.js';
import { closeBody } from '../../vectors/wire.js';
import {
  dial,
  ended,
  hangUp,
  join,
  knock,
  list,
  many,
  say,
  statusOf,
  times,
} from './support/attacker.js';
import { underFire } from './support/under-fire.js';
import { Victim } from './support/victim.js';

const WHOLE = upgradeRequest({ path: '/target/x' });

let victim: Victim;

afterEach(() => victim.stop());

/** As many connections that say this and then nothing, until the server has had enough of them. */
async function linger(
  bytes: Buffer,
  then: (peer: RawPeer) => void = () => undefined,
): Promise<void> {
  const peers = await Promise.all(list(many(50), () => join(victim)));
  for (const peer of peers) {
    peer.socket.write(bytes);
    then(peer);
  }
  await Promise.all(peers.map(({ socket }) => ended(socket)));
}

describe('slowloris after the handshake', () => {
  it('in every place a connection can stop', async () => {
    victim = await Victim.start({ idleTimeout: 4_000, messageTimeout: 1_000, closeTimeout: 500 });
    const message = clientFrame(FIN_TEXT, '{"type":"name","id":1}');
    const places = [
      Buffer.alloc(0),
      message.subarray(0, 1),
      message.subarray(0, 4),
      message.subarray(0, 10),
      clientFrame(0x01, '{"type":'),
      clientFrame(FIN_CLOSE, closeBody(1000)).subarray(0, 5),
    ];
    await underFire(victim, () => Promise.all(places.map((bytes) => linger(bytes))));
  });

  it('a byte of a message now and then, and pings in between', async () => {
    victim = await Victim.start({ messageTimeout: 1_000, closeTimeout: 500 });
    const frame = clientFrame(FIN_TEXT, 'x'.repeat(10_000));
    await underFire(victim, async () => {
      const peer = await join(victim);
      let at = 0;
      const timer = setInterval(() => peer.socket.write(frame.subarray(at, ++at)), 50);
      await ended(peer.socket);
      clearInterval(timer);
    });
  });

  it('inside the closing handshake: one that never ends', async () => {
    victim = await Victim.start({ closeTimeout: 500, maxPayload: 100 });
    await underFire(victim, async () => {
      // Closed by the server, and by the client, whose end of the connection stays open.
      await linger(clientFrame(FIN_TEXT, 'x'.repeat(101)));
      await linger(clientFrame(FIN_CLOSE, closeBody(1000)));
      // Talking on in spite of it.
      await linger(clientFrame(FIN_TEXT, 'x'.repeat(101)), ({ socket }) => {
        const timer = setInterval(() => socket.write(clientFrame(FIN_TEXT, 'x')), 20);
        socket.once('close', () => clearInterval(timer));
      });
    });
  });
});

describe('floods of connections', () => {
  it('more than the server takes', async () => {
    victim = await Victim.start({ maxConnections: 100, closeTimeout: 500 });
    await underFire(victim, async () => {
      const peers = await Promise.all(list(90, () => join(victim)));
      await times(many(500), async () => {
        expect(statusOf(await knock(victim, WHOLE))).toBe(503);
      });
      await Promise.all(peers.map(hangUp));
    });
  });

  it('more than one address may have', async () => {
    victim = await Victim.start({ maxConnectionsPerIp: 20, closeTimeout: 500 });
    const from = '127.0.0.2';
    await underFire(victim, async () => {
      const sockets = await Promise.all(list(20, () => dial(victim, from)));
      for (const socket of sockets) socket.write(WHOLE);
      await Promise.all(
        sockets.map((socket) => new Promise((resolve) => socket.once('data', resolve))),
      );
      await times(many(500), async () => {
        expect(statusOf(await knock(victim, WHOLE, from))).toBe(429);
      });
      for (const socket of sockets) socket.destroy();
    });
  });

  it('that come back as often as they are cut', async () => {
    victim = await Victim.start({ closeTimeout: 500 });
    await underFire(victim, () =>
      times(many(600), async (at) => {
        const peer = await join(victim);
        if (at % 3 === 0) say(peer, { type: 'ticks', id: 1 });
        if (at % 3 === 1) say(peer, { type: 'hang', id: 1 });
        peer.socket.resetAndDestroy();
      }),
    );
  });
});

describe('what is left behind', () => {
  it('by streams and calls of clients that close, or are cut, or just end', async () => {
    victim = await Victim.start({ closeTimeout: 500 });
    const asks = [
      ...list(20, (id) => ({ type: 'ticks', id })),
      ...list(20, (id) => ({ type: 'lines', id: `l${id}` })),
      ...list(20, (id) => ({ type: 'hang', id: `h${id}` })),
    ];
    await underFire(victim, () =>
      times(many(150), async (at) => {
        const peer = await join(victim);
        say(peer, ...asks);
        if (at % 3 === 0) peer.socket.write(clientFrame(FIN_CLOSE, closeBody(1000)));
        if (at % 3 === 1) await hangUp(peer);
        else {
          peer.socket.end();
          await ended(peer.socket);
        }
      }),
    );
  });
});
