import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type ClientOptions, WebSocket } from 'ws';

/** A message of the server, decoded. */
export type Received = Readonly<Record<string, unknown>>;

/** A client that knows nothing of ours: a `ws` socket and a queue. */
export class TestClient {
  readonly socket: WebSocket;
  readonly #received: Received[] = [];
  #waiting: (() => void) | undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) return;
      this.#received.push(JSON.parse(data.toString()) as Received);
      this.#waiting?.();
    });
    socket.on('close', () => this.#waiting?.());
  }

  static async connect(
    url: string,
    protocol?: string,
    options?: ClientOptions,
  ): Promise<TestClient> {
    const socket = new WebSocket(url, protocol === undefined ? [] : [protocol], {
      perMessageDeflate: false,
      ...options,
    });
    const client = new TestClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** Sends messages in one chunk each, or a string as it is. */
  send(...messages: readonly unknown[]): void {
    for (const message of messages) {
      this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    }
  }

  /** The next message. */
  async next(): Promise<Received> {
    for (;;) {
      const message = this.#received.shift();
      if (message !== undefined) return message;
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error('the connection has closed');
      await new Promise<void>((resolve) => (this.#waiting = resolve));
    }
  }

  /** The next so many messages. */
  async take(count: number): Promise<Received[]> {
    const messages: Received[] = [];
    while (messages.length < count) messages.push(await this.next());
    return messages;
  }

  /** Everything the server sent before it saw this: it answers in order. */
  async drain(): Promise<Received[]> {
    this.send({ op: 'ping' });
    const messages: Received[] = [];
    for (;;) {
      const message = await this.next();
      if (message['op'] === 'pong') return messages;
      messages.push(message);
    }
  }

  /** Stops reading from TCP, so that the server's output piles up. */
  stopReading(): void {
    this.#tcp.pause();
  }

  startReading(): void {
    this.#tcp.resume();
  }

  /** The code the connection closes with. */
  async closed(): Promise<number> {
    if (this.socket.readyState === WebSocket.CLOSED) throw new Error('it had closed before');
    return new Promise((resolve) => void this.socket.once('close', resolve));
  }

  get #tcp(): Socket {
    return (this.socket as unknown as { readonly _socket: Socket })._socket;
  }
}
