import { createHash } from 'node:crypto';
import type { Head } from './http.js';
import { valuesOf } from './http.js';

/** The key of RFC 6455's own family of examples, and what it has to be answered with. */
export const KEY = 'sN9cRrP/n9NdMgdcy2VJFQ==';
export const ACCEPT = 'fFBooB7FAkLlXgRSz0BT3v4hq5s=';

/** A change to the head an honest peer would send. */
export interface HeadChange {
  readonly startLine?: string;
  /** Replaces a field, or appends it. */
  readonly set?: Readonly<Record<string, string>>;
  readonly drop?: readonly string[];
  /** Further lines, after the others, exactly as written. */
  readonly add?: readonly string[];
  /** Octets after the empty line. */
  readonly body?: string;
}

const REQUEST = {
  Host: '127.0.0.1',
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Key': KEY,
  'Sec-WebSocket-Version': '13',
};

/** The octets of a client's opening handshake. */
export function writeRequest(change: HeadChange = {}): Buffer {
  return writeHead('GET / HTTP/1.1', REQUEST, change);
}

/** The octets of the server's answer to a request. */
export function writeAnswer(request: Head, change: HeadChange = {}): Buffer {
  const key = valuesOf(request, 'Sec-WebSocket-Key')[0] ?? '';
  const fields = {
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Accept': acceptOf(key),
  };
  return writeHead('HTTP/1.1 101 Switching Protocols', fields, change);
}

/** RFC 6455 section 4.2.2, step 5.4. */
export function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

function writeHead(
  startLine: string,
  fields: Readonly<Record<string, string>>,
  { startLine: otherStart, set = {}, drop = [], add = [], body = '' }: HeadChange,
): Buffer {
  const lines = Object.entries({ ...fields, ...set })
    .filter(([name]) => !drop.includes(name))
    .map(([name, value]) => `${name}: ${value}`);
  const head = [otherStart ?? startLine, ...lines, ...add].join('\r\n');
  return Buffer.from(`${head}\r\n\r\n${body}`, 'latin1');
}
