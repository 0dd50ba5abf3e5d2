import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { atEnd, next } from './serve.js';

/** A frame as it came off the wire. */
export interface RawFrame {
  readonly firstByte: number;
  readonly isMasked: boolean;
  readonly payload: Buffer;
}

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

  /** Up to and without the empty line. */
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

  async takeFrame(): Promise<RawFrame> {
    await this.#until(() => frameSize(this.#received) <= this.#received.length);
    const bytes = this.#take(frameSize(this.#received));
    const isMasked = (bytes[1] & 0x80) !== 0;
    const payload = Buffer.from(bytes.subarray(bytes.length - payloadSize(bytes)));
    if (isMasked) {
      const key = bytes.subarray(bytes.length - payload.length - 4, bytes.length - payload.length);
      for (let at = 0; at < payload.length; at++) payload[at] ^= key[at & 3];
    }
    return { firstByte: bytes[0], isMasked, payload };
  }

  /** Bytes that came before the peer ended, and were not taken. */
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

/** A frame as a client writes it: masked, with any first byte. */
export function clientFrame(firstByte: number, payload: string | Buffer = ''): Buffer {
  const body = Buffer.from(payload as string);
  const key = randomBytes(4);
  const masked = Buffer.from(body);
  for (let at = 0; at < masked.length; at++) masked[at] ^= key[at & 3];
  return Buffer.concat([Buffer.from([firstByte]), lengthOf(body.length, 0x80), key, masked]);
}

/** A frame as a server writes it. */
export function serverFrame(firstByte: number, payload: string | Buffer = ''): Buffer {
  const body = Buffer.from(payload as string);
  return Buffer.concat([Buffer.from([firstByte]), lengthOf(body.length, 0), body]);
}

export const TEXT = 0x81;
export const BINARY = 0x82;
export const CLOSE = 0x88;
export const PING = 0x89;
export const PONG = 0x8a;

/** The payload of a Close frame. */
export function closePayload(code: number, reason = ''): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
}

/** An opening handshake; headers replace or, as undefined, remove those of an honest one. */
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

function lengthOf(length: number, maskBit: number): Buffer {
  if (length < 126) return Buffer.from([maskBit | length]);
  if (length < 65_536) return Buffer.from([maskBit | 126, length >> 8, length & 0xff]);
  const bytes = Buffer.alloc(9);
  bytes[0] = maskBit | 127;
  bytes.writeBigUInt64BE(BigInt(length), 1);
  return bytes;
}

function payloadSize(bytes: Buffer): number {
  const short = bytes[1] & 0x7f;
  if (short < 126) return short;
  return short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
}

/** The size of the frame that begins here, or Infinity while that cannot be told. */
function frameSize(bytes: Buffer): number {
  if (bytes.length < 2) return Infinity;
  const short = bytes[1] & 0x7f;
  const head = 2 + (short < 126 ? 0 : short === 126 ? 2 : 8) + ((bytes[1] & 0x80) >> 5);
  return bytes.length < head ? Infinity : head + payloadSize(bytes);
}
