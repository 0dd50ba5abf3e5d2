import { describe, expect, it } from 'vitest';
import { InvalidUse } from '../../lib/protocol/invalid-use.js';
import { ProtocolViolation } from '../../lib/protocol/protocol-violation.js';
import { acceptKeyOf } from '../../lib/protocol/handshake/accept-key.js';
import { chooseSubprotocol } from '../../lib/protocol/handshake/subprotocols.js';
import {
  isUpgradeRefusal,
  writeUpgradeRefusal,
} from '../../lib/protocol/handshake/upgrade-refusal.js';
import { readUpgradeRequest } from '../../lib/protocol/handshake/upgrade-request.js';
import {
  readUpgradeResponse,
  writeUpgradeResponse,
} from '../../lib/protocol/handshake/upgrade-response.js';
import {
  ACCEPT,
  ACCEPT_KEYS,
  GOOD_REQUEST,
  GOOD_RESPONSE,
  KEY,
  REQUEST_ROWS,
  RESPONSE_ROWS,
} from '../vectors/handshake.js';

it.each(ACCEPT_KEYS)('the key %s is answered %s', (key, accept) => {
  expect(acceptKeyOf(key)).toBe(accept);
});

describe('a server reads a request', () => {
  it.each(REQUEST_ROWS.map((row) => [row.name, row] as const))('%s', (_, row) => {
    const request = {
      ...GOOD_REQUEST,
      ...row,
      headers: { ...GOOD_REQUEST.headers, ...row.headers },
    };
    const read = readUpgradeRequest(request);
    expect(isUpgradeRefusal(read) ? read.status : undefined).toBe(row.status);
    if (!isUpgradeRefusal(read)) return;
    expect(writeUpgradeRefusal(read).toString()).toMatch(/^HTTP\/1\.1 4\d\d [\w ]+\r\n/);
    expect(read.reason).not.toContain(KEY);
  });

  it('and gives what the client asks for, in its order', () => {
    const headers = {
      ...GOOD_REQUEST.headers,
      'sec-websocket-protocol': 'superchat , chat',
      'sec-websocket-extensions': 'permessage-deflate; a=1, x',
    };
    expect(readUpgradeRequest({ ...GOOD_REQUEST, headers })).toEqual({
      key: KEY,
      protocols: ['superchat', 'chat'],
      extensions: [
        { name: 'permessage-deflate', parameters: [{ name: 'a', value: '1' }] },
        { name: 'x', parameters: [] },
      ],
    });
  });

  it('and names the version it speaks, and the method it allows', () => {
    const headers = { ...GOOD_REQUEST.headers, 'sec-websocket-version': '8' };
    expect(readUpgradeRequest({ ...GOOD_REQUEST, headers })).toMatchObject({
      headers: { 'Sec-WebSocket-Version': '13' },
    });
    expect(readUpgradeRequest({ ...GOOD_REQUEST, method: 'POST' })).toMatchObject({
      headers: { Allow: 'GET' },
    });
  });
});

function readResponse(row: (typeof RESPONSE_ROWS)[number]): { protocol: string } {
  const response = {
    httpVersion: '1.1',
    statusCode: 'statusCode' in row ? row.statusCode : GOOD_RESPONSE.statusCode,
    headers: { ...GOOD_RESPONSE.headers, ...row.headers },
  };
  return readUpgradeResponse(response, KEY, row.offered ?? ['chat', 'superchat']);
}

describe('a client reads a response', () => {
  it.each(RESPONSE_ROWS.map((row) => [row.name, row] as const))('%s', (_, row) => {
    if (row.breaks === undefined) {
      expect(readResponse(row).protocol).toBe(row.protocol);
      return;
    }
    const rule = row.breaks;
    expect(() => readResponse(row)).toThrow(ProtocolViolation);
    expect(() => readResponse(row)).toThrow(expect.objectContaining({ rule, closeCode: 1006 }));
  });
});

it.each([
  [['a', 'b'], ['b', 'a'], 'a'],
  [['a', 'b'], ['b'], 'b'],
  [['a'], ['A'], undefined],
  [['a'], [], undefined],
  [[], ['a'], undefined],
  [['constructor'], [], undefined],
])('of %j a server that speaks %j chooses %s', (offered, spoken, chosen) => {
  expect(chooseSubprotocol(offered, spoken)).toBe(chosen);
});

describe('a 101', () => {
  it('is what RFC 6455 1.2 prints', () => {
    const acceptance = { key: KEY, protocol: 'chat', extensions: undefined, headers: {} };
    expect(writeUpgradeResponse(acceptance).toString()).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${ACCEPT}\r\nSec-WebSocket-Protocol: chat\r\n\r\n`,
    );
  });

  it('carries extensions and headers of the application, repeated ones too', () => {
    const written = writeUpgradeResponse({
      key: KEY,
      protocol: undefined,
      extensions: 'permessage-deflate',
      headers: { 'Set-Cookie': ['a=1', 'b=2'], 'X-Name': 'Zoë' },
    }).toString('latin1');
    expect(written).toContain('\r\nSec-WebSocket-Extensions: permessage-deflate\r\n');
    expect(written).toContain('\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Name: Zoë\r\n\r\n');
  });
});

const BAD_VALUES = [
  'a\r\nX: 1',
  'a\nX: 1',
  'a\rX: 1',
  '\0',
  'a\x7f',
  '\x1b[1m',
  'a\u010a',
  '\u{1f98a}',
];
const BAD_NAMES = ['', 'X\r\nY', 'X Y', 'X:', 'Ä', 'X\0', '\tX', '(X)'];

describe('nothing can be smuggled into', () => {
  const headerSets = [
    ...BAD_VALUES.flatMap((value) => [{ 'X-A': value }, { 'X-A': ['fine', value] }]),
    ...BAD_NAMES.map((name) => ({ [name]: 'fine' })),
  ];

  it.each(headerSets.map((headers) => [JSON.stringify(headers), headers] as const))(
    'a response or a refusal by %s',
    (_, headers) => {
      const acceptance = { key: KEY, protocol: undefined, extensions: undefined, headers };
      expect(() => writeUpgradeResponse(acceptance)).toThrow(InvalidUse);
      expect(() => writeUpgradeRefusal({ status: 400, reason: '', headers })).toThrow(InvalidUse);
    },
  );

  it.each(BAD_VALUES)('a response by the subprotocol or extension %j', (value) => {
    const acceptance = { key: KEY, protocol: undefined, extensions: undefined, headers: {} };
    expect(() => writeUpgradeResponse({ ...acceptance, protocol: value })).toThrow(InvalidUse);
    expect(() => writeUpgradeResponse({ ...acceptance, extensions: value })).toThrow(InvalidUse);
  });
});

function writeRefusal(headers: Record<string, string | string[]>, reason = 'wörd'): string {
  return writeUpgradeRefusal({ status: 401, reason, headers }).toString('utf8');
}

describe('a refusal', () => {
  it('is a complete response that ends the connection', () => {
    expect(writeRefusal({ 'WWW-Authenticate': ['Basic', 'Bearer'] })).toBe(
      'HTTP/1.1 401 Unauthorized\r\nContent-Type: text/plain; charset=utf-8\r\n' +
        'WWW-Authenticate: Basic\r\nWWW-Authenticate: Bearer\r\n' +
        'Content-Length: 5\r\nConnection: close\r\n\r\nwörd',
    );
  });

  it('that offers an upgrade says so as an option of the connection', () => {
    expect(writeRefusal({ upgrade: 'websocket' })).toContain('\r\nConnection: close, Upgrade\r\n');
  });

  it('has the content type it is given, in whatever case', () => {
    const written = writeRefusal({ 'content-type': 'application/json' }, '{}');
    expect(written.match(/^content-type:.*$/gim)).toEqual(['content-type: application/json']);
  });

  it('says itself where it ends', () => {
    const written = writeRefusal({
      'content-length': '999',
      'Transfer-Encoding': 'chunked',
      CONNECTION: 'keep-alive',
    });
    const framing = written.match(/^(content-length|transfer-encoding|connection):.*$/gim);
    expect(framing).toEqual(['Content-Length: 5', 'Connection: close']);
  });
});
