import { WebSocket } from 'undici';
import { type ClientKind, Mailbox } from '../talker.js';

/** The browser's API in Node; compression is always offered. */
export const undiciClient: ClientKind = {
  name: 'undici',
  closeCodes: [1000, 3000, 4999],
  async connect(url, { protocols = [] }) {
    const socket = new WebSocket(url, [...protocols]);
    socket.binaryType = 'arraybuffer';
    const messages = new Mailbox<string | Buffer>();
    socket.addEventListener('message', ({ data }: { data: string | ArrayBuffer }) => {
      messages.put(typeof data === 'string' ? data : Buffer.from(data));
    });
    const closed = new Promise<readonly [number, string]>((resolve) => {
      socket.addEventListener('close', ({ code, reason }) => resolve([code, reason]));
    });
    await new Promise<unknown>((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => reject(new Error('the socket did not open')));
    });
    return {
      protocol: socket.protocol,
      isCompressed: socket.extensions.startsWith('permessage-deflate'),
      closed,
      send: (data) => socket.send(data),
      next: () => messages.take(),
      close: (code, reason) => socket.close(code, reason),
    };
  },
};
