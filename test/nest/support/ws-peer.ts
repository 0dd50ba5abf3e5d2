import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type ClientOptions, WebSocket } from 'ws';

/** What a server answered instead of a 101. */
export interface Refusal {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** How a connection ended. */
export interface Ending {
  readonly code: number;
  readonly reason: string;
}

type Message = Readonly<Record<string, unknown>>;

/** A client of another house (`ws`), speaking `wsgate.v1` by hand. */
export class WsPeer {
  readonly messages: Message[] = [];
  readonly closed: Promise<Ending>;
  readonly #waiting: (() => void)[] = [];
  #lastId = 0;

  constructor(
    readonly socket: WebSocket,
    /** The headers of the 101. */
    readonly headers: IncomingMessage['headers'] = {},
  ) {
    socket.on('message', (data: Buffer) => {
      this.messages.push(JSON.parse(data.toString('utf8')) as Message);
      for (const wake of this.#waiting.splice(0)) wake();
    });
    this.closed = once(socket, 'close').then(([code, reason]: unknown[]) => ({
      code: code as number,
      reason: String(reason),
    }));
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Calls a handler; answers with its `reply` or `error` message. */
  async call(type: string, data?: unknown): Promise<Message> {
    const id = ++this.#lastId;
    this.send({ type, id, data });
    return this.next((message) => message['id'] === id);
  }

  /** Calls a handler and waits for its end; answers with all its messages. */
  async run(type: string, data?: unknown): Promise<readonly Message[]> {
    const id = ++this.#lastId;
    this.send({ type, id, data });
    await this.next((message) => message['id'] === id && message['op'] !== 'next');
    return this.messages.filter((message) => message['id'] === id);
  }

  /** The first message of this kind, now or later. */
  async next(matches: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.messages.find(matches);
      if (found) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  close(): Promise<Ending> {
    this.socket.close();
    return this.closed;
  }
}

/** Connects; rejects with what the server said when it refuses. */
export async function connectPeer(url: string, options: ClientOptions = {}): Promise<WsPeer> {
  const outcome = await tryConnect(url, options);
  if (outcome instanceof WsPeer) return outcome;
  throw new Error(`refused with ${outcome.status}: ${outcome.body}`);
}

/** Connects; answers with what the server said when it refuses. */
export async function refusedPeer(url: string, options: ClientOptions = {}): Promise<Refusal> {
  const outcome = await tryConnect(url, options);
  if (!(outcome instanceof WsPeer)) return outcome;
  outcome.socket.terminate();
  throw new Error('the handshake was accepted');
}

function tryConnect(url: string, options: ClientOptions): Promise<WsPeer | Refusal> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, options);
    let headers: IncomingMessage['headers'] = {};
    let peer: WsPeer | undefined;
    socket.on('upgrade', (response: IncomingMessage) => {
      headers = response.headers;
      peer = new WsPeer(socket, headers);
    });
    socket.on('open', () => resolve(peer as WsPeer));
    socket.on('unexpected-response', (_request: unknown, response: IncomingMessage) => {
      void readBody(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        reject,
      );
    });
    socket.on('error', reject);
  });
}

async function readBody(response: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return body;
}
