import type { RuleName } from '../../lib/protocol/rules.js';

/** RFC 6455 1.3: "dGhlIHNhbXBsZSBub25jZQ==" is answered "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=". */
export const ACCEPT_KEYS: readonly (readonly [string, string])[] = [
  ['dGhlIHNhbXBsZSBub25jZQ==', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
  ['sN9cRrP/n9NdMgdcy2VJFQ==', 'fFBooB7FAkLlXgRSz0BT3v4hq5s='],
];

export const [[KEY, ACCEPT]] = ACCEPT_KEYS;

/** A request that is right in every way (RFC 6455 1.2). */
export const GOOD_REQUEST = {
  method: 'GET',
  httpVersion: '1.1',
  headers: {
    host: 'server.example.com',
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-key': KEY,
    'sec-websocket-version': '13',
  },
} as const;

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What is changed in the good request, and what it then is: legal (undefined), or refused with a status. */
export interface RequestRow {
  readonly name: string;
  readonly status?: number;
  readonly method?: string;
  readonly httpVersion?: string;
  readonly headers?: Headers;
  readonly rawHeaders?: readonly string[];
}

export const REQUEST_ROWS: readonly RequestRow[] = [
  { name: 'as it should be' },
  { name: 'Upgrade in capitals', headers: { upgrade: 'WebSocket' } },
  {
    name: 'Connection with keep-alive, as Firefox sends it',
    headers: { connection: 'keep-alive, Upgrade' },
  },
  { name: 'Connection in lower case, with odd spaces', headers: { connection: 'a ,\tupgrade' } },
  { name: 'Content-Length: 0', headers: { 'content-length': '0' } },
  { name: 'a later version of HTTP', httpVersion: '1.2' },
  { name: 'header values in an array', headers: { connection: ['keep-alive', 'Upgrade'] } },
  { name: 'a key that ends in w', headers: { 'sec-websocket-key': `${'/'.repeat(21)}w==` } },
  { name: 'a subprotocol', headers: { 'sec-websocket-protocol': 'chat' } },
  { name: 'headers that may come twice', rawHeaders: ['Cookie', 'a=1', 'Cookie', 'b=2'] },

  ...['POST', 'HEAD', 'PUT', 'get', '', undefined].map((method) => ({
    name: `method ${method}`,
    status: 405,
    method: method as string,
  })),
  ...['1.0', '0.9', '', 'x'].map((httpVersion) => ({
    name: `HTTP version "${httpVersion}"`,
    status: 400,
    httpVersion,
  })),
  { name: 'no Host', status: 400, headers: { host: undefined } },
  { name: 'no Upgrade', status: 400, headers: { upgrade: undefined } },
  { name: 'Upgrade to something else', status: 400, headers: { upgrade: 'h2c' } },
  { name: 'Upgrade to something alike', status: 400, headers: { upgrade: 'websocket2' } },
  { name: 'no Connection', status: 400, headers: { connection: undefined } },
  { name: 'Connection without Upgrade', status: 400, headers: { connection: 'keep-alive' } },
  { name: 'Connection with a look-alike', status: 400, headers: { connection: 'not-upgrade' } },
  { name: 'no version', status: 426, headers: { 'sec-websocket-version': undefined } },
  ...['8', '12', '14', '013', '13, 8', '13 13', ''].map((version) => ({
    name: `version "${version}"`,
    status: 426,
    headers: { 'sec-websocket-version': version },
  })),
  ...[
    undefined,
    '',
    'short',
    KEY.slice(1),
    `${KEY}=`,
    `${KEY} `,
    `${'A'.repeat(22)}=`,
    'A'.repeat(24),
    `${'A'.repeat(21)}B==`,
    `${'-'.repeat(21)}A==`,
    `${KEY}, ${KEY}`,
    `${KEY}\n`,
  ].map((key) => ({
    name: `key ${JSON.stringify(key)}`,
    status: 400,
    headers: { 'sec-websocket-key': key },
  })),
  { name: 'a body', status: 400, headers: { 'content-length': '5' } },
  { name: 'a body of odd length', status: 400, headers: { 'content-length': 'x' } },
  { name: 'a chunked body', status: 400, headers: { 'transfer-encoding': 'chunked' } },
  ...['Host', 'Origin', 'SEC-WEBSOCKET-KEY', 'Sec-WebSocket-Version'].map((name) => ({
    name: `${name} twice`,
    status: 400,
    rawHeaders: [name, 'a', 'Other', 'b', name.toLowerCase(), 'a'],
  })),
  ...['', ',', ' , ,', 'a b', 'a, a', 'a;b', 'ä', 'a/b', '"a"'].map((value) => ({
    name: `Sec-WebSocket-Protocol "${value}"`,
    status: 400,
    headers: { 'sec-websocket-protocol': value },
  })),
  ...['', 'x;', 'x; =1', ','].map((value) => ({
    name: `Sec-WebSocket-Extensions "${value}"`,
    status: 400,
    headers: { 'sec-websocket-extensions': value },
  })),
];

/** Server's answers as a client with the offer `chat, superchat` reads them. */
export interface ResponseRow {
  readonly name: string;
  readonly breaks?: RuleName;
  readonly statusCode?: number;
  readonly headers?: Headers;
  /** Default: `chat`, `superchat`. */
  readonly offered?: readonly string[];
  readonly protocol?: string;
}

export const GOOD_RESPONSE = {
  statusCode: 101,
  headers: {
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-accept': ACCEPT,
    'sec-websocket-protocol': 'chat',
  },
} as const;

export const RESPONSE_ROWS: readonly ResponseRow[] = [
  { name: 'as it should be', protocol: 'chat' },
  {
    name: 'the second protocol',
    headers: { 'sec-websocket-protocol': 'superchat' },
    protocol: 'superchat',
  },
  {
    name: 'other cases',
    headers: { upgrade: 'WEBSOCKET', connection: 'keep-alive, uPgRaDe' },
    protocol: 'chat',
  },
  {
    name: 'spaces around the accept key',
    headers: { 'sec-websocket-accept': ` ${ACCEPT} ` },
    protocol: 'chat',
  },
  {
    name: 'no protocol where none was offered',
    headers: { 'sec-websocket-protocol': undefined },
    offered: [],
    protocol: '',
  },
  ...[200, 100, 102, 301, 401, 426, 500, undefined].map((statusCode) => ({
    name: `status ${statusCode}`,
    breaks: 'response-status' as const,
    statusCode: statusCode as number,
  })),
  ...[undefined, '', 'h2c', 'websocket, h2c', 'web socket'].map((upgrade) => ({
    name: `Upgrade ${JSON.stringify(upgrade)}`,
    breaks: 'response-upgrade' as const,
    headers: { upgrade },
  })),
  ...[undefined, '', 'close', 'upgraded'].map((connection) => ({
    name: `Connection ${JSON.stringify(connection)}`,
    breaks: 'response-connection' as const,
    headers: { connection },
  })),
  ...[undefined, '', KEY, ACCEPT.toLowerCase(), `${ACCEPT}=`, ACCEPT_KEYS[1][1]].map((accept) => ({
    name: `Sec-WebSocket-Accept ${JSON.stringify(accept)}`,
    breaks: 'response-accept' as const,
    headers: { 'sec-websocket-accept': accept },
  })),
  ...[undefined, '', 'Chat', 'other', 'chat, superchat', 'chat '].map((protocol) => ({
    name: `Sec-WebSocket-Protocol ${JSON.stringify(protocol)}`,
    breaks: 'response-subprotocol' as const,
    headers: { 'sec-websocket-protocol': protocol },
  })),
  { name: 'a protocol where none was offered', breaks: 'response-subprotocol', offered: [] },
  {
    name: 'extensions against the grammar',
    breaks: 'extension-header-malformed',
    headers: { 'sec-websocket-extensions': 'permessage-deflate;' },
  },
];
