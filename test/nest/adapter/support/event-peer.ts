import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type ClientOptions, WebSocket } from 'ws';

/** A client of another house (`ws`) that says and hears texts as they are. */
export class EventPeer {
  /** What has been heard and not been taken yet. */
  readonly #heard: string[] = [];
  readonly #ended: Promise<number>;
  #wake: (() => void) | undefined;

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      this.#heard.push(isBinary ? `binary ${data.toString('hex')}` : data.toString());
      this.#wake?.();
    });
    this.#ended = new Promise((resolve) => socket.on('close', resolve));
  }

  /** Says a string as it is, bytes as binary, anything else in JSON. */
  say(message: unknown): void {
    const isRaw = typeof message === 'string' || Buffer.isBuffer(message);
    this.socket.send(isRaw ? message : JSON.stringify(message));
  }

  /** Says several things in one write, so that they arrive together. */
  sayAtOnce(messages: readonly unknown[]): void {
    const { _socket: tcp } = this.socket as unknown as { _socket: Socket };
    tcp.cork();
    for (const message of messages) this.say(message);
    tcp.uncork();
  }

  /** The next messages, in the order they came. */
  async hear(count: number): Promise<string[]> {
    while (this.#heard.length < count) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#heard.splice(0, count);
  }

  /** The next message, as a value. */
  async next(): Promise<unknown> {
    const [text = ''] = await this.hear(1);
    return JSON.parse(text) as unknown;
  }

  /** What was heard and nobody has asked for. */
  rest(): string[] {
    return this.#heard.splice(0);
  }

  /** The code the connection ended with. */
  closed(): Promise<number> {
    return this.#ended;
  }

  close(code?: number): Promise<number> {
    this.socket.close(code);
    return this.#ended;
  }
}

/** How to connect. */
export type PeerOptions = ClientOptions & { readonly protocols?: readonly string[] };

/** Connects; answers with the status when the server refuses, and 0 when it only hangs up. */
export function openPeer(url: string, options: PeerOptions = {}): Promise<EventPeer | number> {
  const { protocols = [], ...rest } = options;
  return new Promise((resolve) => {
    const socket = new WebSocket(url, [...protocols], rest);
    const peer = new EventPeer(socket);
    socket.on('open', () => resolve(peer));
    socket.on('unexpected-response', (_request: unknown, response: IncomingMessage) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', () => resolve(0));
  });
}

/** Connects to a server that must accept. */
export async function connectEvents(url: string, options: PeerOptions = {}): Promise<EventPeer> {
  const peer = await openPeer(url, options);
  if (peer instanceof EventPeer) return peer;
  throw new Error(`refused with ${peer}`);
}
