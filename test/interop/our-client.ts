import { once } from 'node:events';
import { WebSocket } from 'nestjs-wsgate/server';
import { type ClientKind, Mailbox } from './talker.js';

/** Our Node client, as every server here needs it. */
export const ourClient: ClientKind = {
  name: 'ours',
  closeCodes: [1000, 1001, 3000, 4999],
  async connect(url, { protocols = [], isCompressed = false }) {
    const socket = new WebSocket(url, protocols, {
      maxPayload: 4_000_000,
      perMessageDeflate: isCompressed && { threshold: 0 },
    });
    const messages = new Mailbox<string | Buffer>();
    const pongs = new Mailbox<string>();
    socket.on('message', (data) => messages.put(data));
    socket.on('pong', (payload) => pongs.put(payload.toString()));
    const closed = once(socket, 'close') as Promise<[number, string]>;
    await once(socket, 'open');
    return {
      protocol: socket.protocol,
      isCompressed: socket.extensions.startsWith('permessage-deflate'),
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
