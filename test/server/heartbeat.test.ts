import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { InvalidUse, WebSocket, WebSocketServer } from 'nestjs-wsgate/server';
import {
  clientFrame,
  FIN_PING,
  FIN_PONG,
  FIN_TEXT,
  RawPeer,
  rawPair,
} from '../socket/support/raw-peer.js';
import { fence, next, pair, serve } from '../socket/support/serve.js';
import { until } from '../support/until.js';

const MIB = 2 ** 20;

/** Milliseconds between two looks of the heartbeat. */
const LOOK = 20_000;

/** Has the heartbeat look, where the timers are faked. */
async function look(): Promise<void> {
  vi.advanceTimersByTime(LOOK);
  // It reads first what has arrived.
  for (let turns = 0; turns < 3; turns++) await setImmediate();
}

afterEach(() => void vi.useRealTimers());

describe('heartbeat', () => {
  it('pings a peer that has gone quiet, and terminates one that does not answer', async () => {
    const { server, port } = await serve({ heartbeatInterval: 40 });
    const connected = next(server, 'connection');
    const peer = await RawPeer.join(port);
    const [far] = await connected;
    const closed = next(far as WebSocket, 'close');
    expect((await peer.takeFrame()).firstByte).toBe(FIN_PING);
    expect(await closed).toEqual([1006, '']);
    expect(await peer.takeRest()).toHaveLength(0);
  });

  it('keeps a quiet peer that answers', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { far, peer } = await rawPair({ heartbeatInterval: LOOK * 2 });
    for (let at = 0; at < 3; at++) {
      await look();
      await look();
      const { firstByte, payload } = await peer.takeFrame();
      expect(firstByte).toBe(FIN_PING);
      const answered = next(far, 'pong');
      peer.socket.write(clientFrame(FIN_PONG, payload));
      await answered;
    }
    await look();
    expect(far.readyState).toBe(WebSocket.OPEN);
  });

  it('keeps a peer that says anything at all', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { far, peer } = await rawPair({ heartbeatInterval: LOOK * 2 });
    for (let at = 0; at < 3; at++) {
      await look();
      await look();
      await peer.takeFrame();
      const said = next(far, 'message');
      peer.socket.write(clientFrame(FIN_TEXT, 'still here'));
      await said;
    }
    await look();
    expect(far.readyState).toBe(WebSocket.OPEN);
  });

  it('does not take a paused peer for dead', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { server, far, near, url } = await pair({ heartbeatInterval: LOOK * 2 });
    far.pause();
    // Meanwhile another peer is found dead, which takes longer than it would have taken this one.
    const connected = next(server, 'connection');
    await RawPeer.join(Number(new URL(url).port));
    const [dead] = await connected;
    const closed = next(dead as WebSocket, 'close');
    for (let looks = 0; looks < 4; looks++) await look();
    await closed;
    expect(far.readyState).toBe(WebSocket.OPEN);
    far.resume();
    await fence(near);
  });

  it('keeps a peer that still reads what was sent before the ping, and not one that stopped', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { server, port } = await serve({ heartbeatInterval: LOOK * 2 });
    const connected = next(server, 'connection');
    const peer = await RawPeer.join(port);
    const far = (await connected)[0] as WebSocket;
    peer.socket.removeAllListeners('data').on('data', () => undefined);
    peer.socket.pause();
    far.send(Buffer.alloc(64 * MIB));
    const closed = next(far, 'close');
    for (let looks = 0; looks < 6; looks++) {
      const before = far.bufferedAmount;
      peer.socket.resume();
      await until(() => far.bufferedAmount < before);
      peer.socket.pause();
      await look();
      expect(far.readyState).toBe(WebSocket.OPEN);
    }
    expect(far.bufferedAmount).toBeGreaterThan(0);
    // What the kernel has room for may still leave.
    for (let looks = 0; looks < 20; looks++) await look();
    expect(await closed).toEqual([1006, '']);
  });

  it('notices that a paused peer has gone for good', async () => {
    const { server, port } = await serve({ heartbeatInterval: 20 });
    const connected = next(server, 'connection');
    const peer = await RawPeer.join(port);
    const far = (await connected)[0] as WebSocket;
    const closed = next(far, 'close');
    far.pause();
    peer.socket.destroy();
    expect((await closed)[0]).toBe(1006);
  });

  it('is off at 0, and refuses what is not an interval', async () => {
    const { server } = await serve({ heartbeatInterval: 0 });
    expect(server.options.heartbeatInterval).toBe(0);
    expect(() => new WebSocketServer({ noServer: true, heartbeatInterval: -1 })).toThrow(
      InvalidUse,
    );
  });
});
