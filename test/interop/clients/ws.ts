import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type ClientKind, Mailbox } from '../talker.js';

export const wsClient: ClientKind = {
  name: 'ws',
  closeCodes: [1000, 1001, 3000, 4999],
  async connect(url, { protocols = [], isCompressed = false }) {
    const socket = new WebSocket(url, [...protocols], {
      perMessageDeflate: isCompressed && { threshold: 0 },
    });
    const messages = new Mailbox<string | Buffer>();
    const pongs = new Mailbox<string>();
    socket.on('message', (data: Buffer, isBinary) => messages.put(isBinary ? data : String(data)));
    socket.on('pong', (data) => pongs.put(String(data)));
    const closed = once(socket, 'close').then(
      ([code, reason]) => [code as number, String(reason)] as const,
    );
    await once(socket, 'open');
    return {
      protocol: socket.protocol,
      isCompressed: socket.extensions === 'permessage-deflate',
      closed,
      send: (data) => socket.send(data),
      next: () => messages.take(),
      close: (code, reason) => socket.close(code, reason),
      ping(payload) {
        socket.ping(payload);
        return pongs.take();
      },
      sendParts(parts) {
        for (const [at, part] of parts.entries()) {
          socket.send(part, { fin: at === parts.length - 1 });
        }
      },
    };
  },
};
