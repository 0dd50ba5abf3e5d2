import { once } from 'node:events';
import faye from 'faye-websocket';
import { type ClientKind, Mailbox } from '../talker.js';

/** Knows compression only through a package of its own, which is not installed. */
export const fayeClient: ClientKind = {
  name: 'faye-websocket',
  closeCodes: [1000, 3000, 4999],
  async connect(url, { protocols = [] }) {
    const socket = new faye.Client(url, protocols);
    const messages = new Mailbox<string | Buffer>();
    socket.on('message', ({ data }: { data: string | Buffer }) => messages.put(data));
    const closed = once(socket, 'close').then(
      ([{ code, reason }]) => [code as number, reason as string] as const,
    );
    await once(socket, 'open');
    return {
      protocol: socket.protocol,
      isCompressed: false,
      closed,
      send: (data) => void socket.send(data),
      next: () => messages.take(),
      close: (code, reason) => socket.close(code, reason),
      ping: (payload) =>
        new Promise((resolve) => {
          socket.ping(payload, () => resolve(payload));
        }),
    };
  },
};
