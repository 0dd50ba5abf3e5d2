import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
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

/** A message of `wsgate.v1`, as it came. */
export interface WireMessage {
  readonly op?: string;
  readonly id?: number | string;
  readonly type?: string;
  readonly data?: unknown;
  readonly dropped?: number;
  readonly error?: { readonly code: string; readonly message: string; readonly details?: unknown };
}

/** A client of another house (`ws`), speaking `wsgate.v1` by hand. */
export class WsPeer {
  readonly messages: WireMessage[] = [];
  readonly closed: Promise<Ending>;
  #ending: Ending | undefined;
  readonly #waiting: (() => void)[] = [];
  /** Above all ids so far, or a call would take the answer to another one for its own. */
  #lastId = 0;

  constructor(
    readonly socket: WebSocket,
    /** The headers of the 101. */
    readonly headers: IncomingMessage['headers'] = {},
  ) {
    socket.on('message', (data: Buffer) => {
      this.messages.push(JSON.parse(data.toString('utf8')) as WireMessage);
      this.#wakeAll();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code: number, reason: Buffer) => {
        this.#ending = { code, reason: reason.toString() };
        resolve(this.#ending);
        this.#wakeAll();
      });
    });
  }

  send(message: unknown): void {
    const { id } = message as WireMessage;
    if (typeof id === 'number') this.#lastId = Math.max(this.#lastId, id);
    this.socket.send(JSON.stringify(message));
  }

  /** Calls a handler; answers with its `reply` or `error` message. */
  call(type: string, data?: unknown): Promise<WireMessage> {
    const id = this.#lastId + 1;
    this.send({ type, id, data });
    return this.next((message) => message.id === id);
  }

  /** Calls a handler and waits for its end; answers with all its messages. */
  run(type: string, data?: unknown): Promise<readonly WireMessage[]> {
    const id = this.#lastId + 1;
    this.send({ type, id, data });
    const ended = this.next((message) => message.id === id && message.op !== 'next');
    return mayBeForgotten(ended.then(() => this.messages.filter((message) => message.id === id)));
  }

  /** The first message of this kind, now or later; rejects when none can come any more. */
  next(matches: (message: WireMessage) => boolean): Promise<WireMessage> {
    return mayBeForgotten(this.#find(matches));
  }

  async #find(matches: (message: WireMessage) => boolean): Promise<WireMessage> {
    for (;;) {
      const found = this.messages.find(matches);
      if (found) return found;
      if (this.#ending) throw new Error(`closed too early: ${JSON.stringify(this.#ending)}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The same, and takes it out of `messages`. */
  async take(matches: (message: WireMessage) => boolean): Promise<WireMessage> {
    const found = await this.next(matches);
    this.messages.splice(this.messages.indexOf(found), 1);
    return found;
  }

  close(): Promise<Ending> {
    this.socket.close();
    return this.closed;
  }

  #wakeAll(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

/** A test may have lost interest in what it waited for when it closes the connection. */
function mayBeForgotten<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
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
    const socket = new WebSocket(url.replace(/^http/, 'ws'), options);
    let headers: IncomingMessage['headers'] = {};
    let peer: WsPeer | undefined;
    socket.on('upgrade', (response: IncomingMessage) => {
      headers = response.headers;
      peer = new WsPeer(socket, headers);
    });
    socket.on('open', () => resolve(peer as WsPeer));
    socket.on('unexpected-response', (_request: unknown, response: IncomingMessage) => {
      void text(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        reject,
      );
    });
    socket.on('error', reject);
  });
}
