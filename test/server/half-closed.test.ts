import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'nestjs-wsgate/server';
import { RawPeer, serverFrame, FIN_TEXT } from '../socket/support/raw-peer.js';
import { next, serve } from '../socket/support/serve.js';

/** More than the kernel takes for a peer that does not read: the rest waits in memory of ours. */
const MESSAGES = 1500;

const ending = {
  'is closed': (far: WebSocket) => far.close(1001),
  'is sent more': (far: WebSocket) => far.send('too late'),
  'is pinged': (far: WebSocket) => far.ping(),
};

describe('a peer that has said its last and still reads', () => {
  it.each(Object.entries(ending))('gets what was meant for it alone when it %s', async (_, end) => {
    const { server, port } = await serve({ perMessageDeflate: false });
    const [[far, request], peer] = await Promise.all([
      next(server, 'connection') as Promise<[WebSocket, IncomingMessage]>,
      RawPeer.join(port),
    ]);
    peer.socket.pause();
    const own = 'a'.repeat(4000);
    for (let sent = 0; sent < MESSAGES; sent++) far.send(own);
    const ended = next(request.socket, 'end');
    peer.socket.end();
    await ended;
    expect(far.bufferedAmount).toBeGreaterThan(0);
    end(far);

    const [[other], reader] = await Promise.all([
      next(server, 'connection') as Promise<[WebSocket]>,
      RawPeer.join(port),
    ]);
    // At once, so that it fills as much memory as there is to be had.
    for (let sent = 0; sent < MESSAGES; sent++) other.send('b'.repeat(4000));
    for (let taken = 0; taken < MESSAGES; taken++) await reader.takeFrame();

    peer.socket.resume();
    const rest = await peer.takeRest();
    expect(rest.includes('b')).toBe(false);
    const frame = serverFrame(FIN_TEXT, own);
    expect(rest.subarray(0, frame.length).equals(frame)).toBe(true);
  });
});
