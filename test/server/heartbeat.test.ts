import { describe, expect, it } from 'vitest';
import { InvalidUse, WebSocket, WebSocketServer } from 'nestjs-wsgate/server';
import { clientFrame, FIN_PING, FIN_PONG, RawPeer, FIN_TEXT } from '../socket/support/raw-peer.js';
import { fence, next, pair, serve } from '../socket/support/serve.js';

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
    const { server, port } = await serve({ heartbeatInterval: 40 });
    const connected = next(server, 'connection');
    const peer = await RawPeer.join(port);
    const [far] = await connected;
    for (let at = 0; at < 5; at++) {
      const { firstByte, payload } = await peer.takeFrame();
      expect(firstByte).toBe(FIN_PING);
      peer.socket.write(clientFrame(FIN_PONG, payload));
    }
    expect((far as WebSocket).readyState).toBe(WebSocket.OPEN);
  });

  it('keeps a peer that says anything at all', async () => {
    const { server, port } = await serve({ heartbeatInterval: 40 });
    const connected = next(server, 'connection');
    const peer = await RawPeer.join(port);
    const [far] = await connected;
    for (let at = 0; at < 3; at++) {
      await peer.takeFrame();
      peer.socket.write(clientFrame(FIN_TEXT, 'still here'));
    }
    await next(far as WebSocket, 'message');
    expect((far as WebSocket).readyState).toBe(WebSocket.OPEN);
  });

  it('does not take a paused peer for dead', async () => {
    const { server, far, near, url } = await pair({ heartbeatInterval: 20 });
    far.pause();
    // Meanwhile another peer is found dead, which takes longer than it would have taken this one.
    const connected = next(server, 'connection');
    await RawPeer.join(Number(new URL(url).port));
    const [dead] = await connected;
    await next(dead as WebSocket, 'close');
    expect(far.readyState).toBe(WebSocket.OPEN);
    far.resume();
    await fence(near);
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

  it('is off at 0, and an interval that is none is refused', async () => {
    const { server } = await serve({ heartbeatInterval: 0 });
    expect(server.options.heartbeatInterval).toBe(0);
    expect(() => new WebSocketServer({ noServer: true, heartbeatInterval: -1 })).toThrow(
      InvalidUse,
    );
  });
});
