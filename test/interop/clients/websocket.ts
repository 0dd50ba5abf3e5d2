import { once } from 'node:events';
import websocket, { type connection, type Message } from 'websocket';
import { type ClientKind, Mailbox } from '../talker.js';

/** Knows no extensions. Sends what is longer than `fragmentationThreshold` in fragments. */
export const websocketClient: ClientKind = {
  name: 'websocket',
  closeCodes: [1000, 1001, 3000, 4999],
  closeAnswer: 1000,
  async connect(url, { protocols = [] }) {
    const client = new websocket.client({
      maxReceivedMessageSize: 4_000_000,
      fragmentationThreshold: 16_384,
    });
    client.connect(url, [...protocols]);
    const [socket] = (await once(client, 'connect')) as [connection];
    const messages = new Mailbox<string | Buffer>();
    const pongs = new Mailbox<string>();
    socket.on('message', (message: Message) => {
      messages.put(message.type === 'utf8' ? message.utf8Data : message.binaryData);
    });
    socket.on('pong', (data: Buffer) => pongs.put(String(data)));
    return {
      protocol: socket.protocol ?? '',
      isCompressed: false,
      closed: once(socket, 'close') as Promise<[number, string]>,
      send: (data) => (typeof data === 'string' ? socket.sendUTF(data) : socket.sendBytes(data)),
      next: () => messages.take(),
      close: (code, reason) => socket.close(code, reason),
      ping(payload) {
        socket.ping(payload);
        return pongs.take();
      },
    };
  },
};
