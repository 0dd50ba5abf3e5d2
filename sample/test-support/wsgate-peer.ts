import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { type ClientOptions, WebSocket } from 'ws';

/** Any message of `wsgate.v1`, as it came. */
export interface WireMessage {
  readonly op?: string;
  readonly id?: number;
  readonly type?: string;
  readonly data?: unknown;
  readonly dropped?: number;
  readonly error?: { readonly code: string; readonly message: string; readonly details?: unknown };
}

/** A stranger's client: bare `ws`, JSON in and out, nothing of ours. */
export class WsgatePeer {
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly inbox: WireMessage[] = [];
  readonly #waiting = new Set<() => void>();
  #lastId = 0;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.inbox.push(JSON.parse(data.toString()) as WireMessage);
      for (const check of this.#waiting) check();
    });
    this.closed = once(socket, 'close').then(([code, reason]) => ({
      code: code as number,
      reason: String(reason),
    }));
  }

  /** Resolves once the connection is open. */
  static async open(url: string, options: ClientOptions = {}): Promise<WsgatePeer> {
    const socket = new WebSocket(toWebSocketUrl(url), options);
    const peer = new WsgatePeer(socket);
    await once(socket, 'open');
    return peer;
  }

  /** Sends a message as it is. */
  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Sends a call and resolves with its outcome: the `reply` or `error`. */
  call(type: string, data?: unknown): Promise<WireMessage> {
    const id = (this.#lastId -= 1);
    this.send({ type, id, data });
    return this.take((message) => message.id === id);
  }

  /** The first message like that, come or yet to come; it is taken out of the inbox. */
  take(isWanted: (message: WireMessage) => boolean): Promise<WireMessage> {
    return new Promise((resolve) => {
      const check = (): void => {
        const found = this.inbox.find((message) => isWanted(message));
        if (found === undefined) return;
        this.#waiting.delete(check);
        this.inbox.splice(this.inbox.indexOf(found), 1);
        resolve(found);
      };
      this.#waiting.add(check);
      check();
    });
  }

  /** The first push of that type. */
  push(type: string): Promise<WireMessage> {
    return this.take((message) => message.type === type);
  }

  /** Resolves when the closing handshake is done. */
  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}

/** The HTTP answer of a server that refuses a WebSocket. */
export async function readRefusal(
  url: string,
  options: ClientOptions = {},
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const socket = new WebSocket(toWebSocketUrl(url), options);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}

function toWebSocketUrl(url: string): string {
  return url.replace(/^http/, 'ws');
}
