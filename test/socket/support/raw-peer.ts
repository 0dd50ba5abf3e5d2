import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { ServerOptions, WebSocket } from 'nestjs-wsgate/server';
import {
  BINARY,
  CLOSE,
  FIN,
  frame,
  frameSize,
  PING,
  PONG,
  readFrames,
  TEXT,
  type WireFrame,
} from '../../vectors/wire.js';
import { atEnd, next, serve } from './serve.js';

/** An HTTP response, read to its end. */
export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A peer that does nothing by itself: no pong, no Close, no end. */
export class RawPeer {
  readonly socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #wake = (): void => {};
  #hasEnded = false;

  constructor(socket: Socket) {
    this.socket = socket;
    atEnd(() => socket.destroy());
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    socket.on('error', () => {});
    for (const event of ['end', 'close'] as const) {
      socket.on(event, () => {
        this.#hasEnded = true;
        this.#wake();
      });
    }
  }

  static async connect(port: number, host = '127.0.0.1'): Promise<RawPeer> {
    const socket = connect({ port, host, allowHalfOpen: true, noDelay: true });
    await next(socket, 'connect');
    return new RawPeer(socket);
  }

  /** Connects and does an honest client's opening handshake. */
  static async join(port: number, path = '/'): Promise<RawPeer> {
    const peer = await RawPeer.connect(port);
    peer.socket.write(upgradeRequest({ path }));
    const head = await peer.takeHead();
    if (!head.startsWith('HTTP/1.1 101 ')) throw new Error(`refused: ${head}`);
    return peer;
  }

  /** The head of an HTTP message, without the empty line that ends it. */
  async takeHead(): Promise<string> {
    await this.#until(() => this.#received.includes('\r\n\r\n'));
    const end = this.#received.indexOf('\r\n\r\n');
    return this.#take(end + 4)
      .subarray(0, end)
      .toString('latin1');
  }

  /** One HTTP response; throws unless Content-Length says how long its body is. */
  async takeResponse(): Promise<RawResponse> {
    const [statusLine, ...lines] = (await this.takeHead()).split('\r\n');
    const [, status] = /^HTTP\/1\.1 (\d{3}) [^\r\n]+$/.exec(statusLine)!;
    const headers: Record<string, string> = {};
    for (const line of lines) {
      const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([^\r\n]*)$/.exec(line)!;
      headers[name.toLowerCase()] = value;
    }
    const length = Number(headers['content-length']);
    if (!Number.isInteger(length)) throw new Error('no Content-Length');
    await this.#until(() => this.#received.length >= length);
    return { status: Number(status), headers, body: this.#take(length).toString() };
  }

  async takeFrame(): Promise<WireFrame> {
    await this.#until(() => frameSize(this.#received) <= this.#received.length);
    const [taken] = readFrames(this.#take(frameSize(this.#received)));
    return taken;
  }

  /** What has not been taken when the peer ends the connection; waits for that. */
  async takeRest(): Promise<Buffer> {
    await this.#until(() => this.#hasEnded, true);
    return this.#take(this.#received.length);
  }

  async #until(isThere: () => boolean, isEndFine = false): Promise<void> {
    while (!isThere()) {
      if (this.#hasEnded && !isEndFine) throw new Error('the connection ended too early');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #take(size: number): Buffer {
    const taken = this.#received.subarray(0, size);
    this.#received = this.#received.subarray(size);
    return taken;
  }
}

/** A connection of which our server has one end, `far`, and a raw peer the other. */
export async function rawPair(
  options: ServerOptions = {},
): Promise<{ readonly far: WebSocket; readonly peer: RawPeer; readonly url: string }> {
  const { server, port, url } = await serve(options);
  const [[far], peer] = await Promise.all([next(server, 'connection'), RawPeer.join(port)]);
  return { far: far as WebSocket, peer, url };
}

/** A frame as a client writes it: masked, with any first byte. */
export function clientFrame(firstByte: number, payload: string | Buffer = ''): Buffer {
  return frame(firstByte, payload, { key: randomBytes(4) });
}

/** A frame as a server writes it. */
export function serverFrame(firstByte: number, payload: string | Buffer = ''): Buffer {
  return frame(firstByte, payload);
}

// First bytes of whole messages and control frames: FIN and the opcode (RFC 6455 5.2).
export const FIN_TEXT = FIN | TEXT;
export const FIN_BINARY = FIN | BINARY;
export const FIN_CLOSE = FIN | CLOSE;
export const FIN_PING = FIN | PING;
export const FIN_PONG = FIN | PONG;

/**
 * An opening handshake. `headers` replace those of an honest one, or, if undefined, remove them.
 */
export function upgradeRequest(
  options: {
    readonly path?: string;
    readonly method?: string;
    readonly version?: string;
    readonly headers?: Readonly<Record<string, string | undefined>>;
  } = {},
): string {
  const { path = '/', method = 'GET', version = '1.1' } = options;
  const headers: Record<string, string | undefined> = {
    Host: 'localhost',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    ...options.headers,
  };
  const lines = Object.entries(headers)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/${version}\r\n${lines.join('')}\r\n`;
}
