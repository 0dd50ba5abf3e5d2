import type { HeadChange } from '../peer/handshake.js';
import type { Proof } from './case.js';

/** Options of the server for one case, beyond those of every case. */
export type ServerVariant = 'plain' | 'one path' | 'nobody may' | 'last protocol' | 'no protocol';

/** One request to our server: accepted, or refused with one of these status codes. */
export interface OpeningServerCase extends Proof {
  readonly request: HeadChange;
  readonly server?: ServerVariant;
  readonly status: readonly number[];
  /** Fields the response must have with exactly this value; undefined: must not have at all. */
  readonly fields?: Readonly<Record<string, string | undefined>>;
}

type Row = readonly [
  id: string,
  title: string,
  request: HeadChange,
  status: readonly number[],
  rules: readonly string[],
  more?: Partial<OpeningServerCase>,
];

const OPEN = [101];
const BAD = [400];
const REFUSE = '6455/4.2.1/refuse';
const ABORT = '6455/7.2.2/abort';
const GET = ['6455/4.2.1/get', REFUSE, ABORT];
const HOST = ['6455/4.2.1/host', REFUSE];
const UPGRADE = ['6455/4.2.1/upgrade', REFUSE];
const CONNECTION = ['6455/4.2.1/connection', REFUSE];
const KEY = ['6455/4.2.1/key', REFUSE];
const VERSION = ['6455/4.2.1/version', '6455/4.2.2/version', '6455/4.4/versions', REFUSE];
const PROTOCOL = ['6455/4.2.2/protocol'];
const NO_PROTOCOL = ['6455/4.2.2/no-protocol'];
const ANSWER = ['6455/4.2.2/answer'];
const NAME = 'Sec-WebSocket-Protocol';
const KEY_NAME = 'Sec-WebSocket-Key';
const known = { fields: { 'Sec-WebSocket-Version': '13' } };
const none = { fields: { [NAME]: undefined, 'Sec-WebSocket-Extensions': undefined } };

function protocols(value: string): HeadChange {
  return { set: { [NAME]: value } };
}

const ROWS: readonly Row[] = [
  [
    'h.1',
    'the handshake of every other case',
    {},
    OPEN,
    ['6455/4.2.2/answer', ...NO_PROTOCOL, '6455/9/unrequested'],
    {
      fields: {
        'Sec-WebSocket-Accept': 'fFBooB7FAkLlXgRSz0BT3v4hq5s=',
        Upgrade: 'websocket',
        Connection: 'Upgrade',
        ...none.fields,
      },
    },
  ],
  [
    'h.2',
    "the RFC's own example key",
    { set: { [KEY_NAME]: 'dGhlIHNhbXBsZSBub25jZQ==' } },
    OPEN,
    ANSWER,
    { fields: { 'Sec-WebSocket-Accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' } },
  ],
  [
    'h.3',
    'names in capitals, values in any case',
    { drop: ['Upgrade', 'Connection'], add: ['UPGRADE: WebSocket', 'CONNECTION: uPGRADE'] },
    OPEN,
    ['6455/4.2.1/upgrade', '6455/4.2.1/connection', ...ANSWER],
  ],
  [
    'h.4',
    'Connection is a list',
    { set: { Connection: 'keep-alive, Upgrade' } },
    OPEN,
    ['6455/4.2.1/connection'],
  ],
  [
    'h.5',
    'Connection in two fields',
    { set: { Connection: 'keep-alive' }, add: ['Connection: Upgrade'] },
    OPEN,
    ['6455/4.2.1/connection'],
  ],
  [
    'h.6',
    'fields nobody knows, one of them empty',
    { set: { 'X-Unknown': 'a, b; c="d"', 'X-Empty': '', Cookie: 'a=b' } },
    OPEN,
    ANSWER,
  ],
  [
    'h.7',
    'an absolute URI',
    { startLine: 'GET http://127.0.0.1/ HTTP/1.1' },
    OPEN,
    ['6455/4.2.1/get'],
  ],
  [
    'h.8',
    'a path and a query',
    { startLine: 'GET /chat/%C3%BC?room=a&b=%20 HTTP/1.1' },
    OPEN,
    ['6455/4.2.1/get'],
  ],
  ['h.9', 'an Origin', { set: { Origin: 'https://app.example.com' } }, OPEN, ANSWER],
  [
    'h.10',
    'spaces around values',
    { set: { Upgrade: '  websocket  ', 'Sec-WebSocket-Version': ' 13 ' } },
    OPEN,
    ANSWER,
  ],

  [
    'h.20',
    'POST',
    { startLine: 'POST / HTTP/1.1', set: { 'Content-Length': '0' } },
    [400, 405],
    GET,
  ],
  ['h.21', 'HEAD', { startLine: 'HEAD / HTTP/1.1' }, [400, 405], GET],
  ['h.22', 'OPTIONS', { startLine: 'OPTIONS / HTTP/1.1' }, [400, 405], GET],
  ['h.23', 'HTTP/1.0', { startLine: 'GET / HTTP/1.0' }, [400, 426, 505], GET],
  ['h.24', 'no request at all', { startLine: 'hello' }, BAD, GET],
  ['h.25', 'no target', { startLine: 'GET HTTP/1.1' }, BAD, GET],
  ['h.26', 'a control character in the target', { startLine: 'GET /\x01 HTTP/1.1' }, BAD, GET],
  ['h.27', 'no Host', { drop: ['Host'] }, BAD, HOST],
  ['h.28', 'two Hosts', { add: ['Host: other.example'] }, BAD, HOST],

  ['h.30', 'no Upgrade', { drop: ['Upgrade'] }, [400, 426], UPGRADE],
  ['h.31', 'an empty Upgrade', { set: { Upgrade: '' } }, [400, 426], UPGRADE],
  ['h.32', 'Upgrade: h2c', { set: { Upgrade: 'h2c' } }, [400, 426], UPGRADE],
  ['h.33', 'Upgrade: websockets', { set: { Upgrade: 'websockets' } }, [400, 426], UPGRADE],
  ['h.34', 'no Connection', { drop: ['Connection'] }, [400, 426], CONNECTION],
  ['h.35', 'Connection: keep-alive', { set: { Connection: 'keep-alive' } }, [400, 426], CONNECTION],
  ['h.36', 'Connection: close', { set: { Connection: 'close' } }, [400, 426], CONNECTION],
  ['h.37', 'Connection: Upgraded', { set: { Connection: 'Upgraded' } }, [400, 426], CONNECTION],

  ['h.40', 'no key', { drop: [KEY_NAME] }, BAD, KEY],
  ['h.41', 'an empty key', { set: { [KEY_NAME]: '' } }, BAD, KEY],
  ['h.42', 'a key of 15 octets', { set: { [KEY_NAME]: 'AAAAAAAAAAAAAAAAAAAA' } }, BAD, KEY],
  ['h.43', 'a key of 17 octets', { set: { [KEY_NAME]: 'AAAAAAAAAAAAAAAAAAAAAAA=' } }, BAD, KEY],
  ['h.44', 'a key without padding', { set: { [KEY_NAME]: 'sN9cRrP/n9NdMgdcy2VJFQ' } }, BAD, KEY],
  [
    'h.45',
    'a key with padding inside',
    { set: { [KEY_NAME]: 'sN9cRrP/n9=dMgdcy2VJFQ==' } },
    BAD,
    KEY,
  ],
  ['h.46', 'a key in base64url', { set: { [KEY_NAME]: 'sN9cRrP_n9NdMgdcy2VJFQ==' } }, BAD, KEY],
  ['h.47', 'a key of other letters', { set: { [KEY_NAME]: '!N9cRrP/n9NdMgdcy2VJFQ==' } }, BAD, KEY],
  ['h.48', 'two keys', { add: [`${KEY_NAME}: dGhlIHNhbXBsZSBub25jZQ==`] }, BAD, KEY],
  ['h.49', 'the same key twice', { add: [`${KEY_NAME}: sN9cRrP/n9NdMgdcy2VJFQ==`] }, BAD, KEY],

  ...['0', '7', '8', '12', '14', '99', '013', '13.0', '-13', 'abc', '256'].map(
    (version, i): Row => [
      `h.5${i}`,
      `version ${version}`,
      { set: { 'Sec-WebSocket-Version': version } },
      [400, 426],
      VERSION,
      known,
    ],
  ),
  ['h.61', 'no version', { drop: ['Sec-WebSocket-Version'] }, [400, 426], VERSION],
  ['h.62', 'two versions', { add: ['Sec-WebSocket-Version: 8'] }, [400, 426], VERSION],
  [
    'h.63',
    'a list of versions',
    { set: { 'Sec-WebSocket-Version': '13, 8' } },
    [400, 426],
    VERSION,
    known,
  ],

  ['h.70', 'one subprotocol', protocols('chat'), OPEN, PROTOCOL, { fields: { [NAME]: 'chat' } }],
  [
    'h.71',
    'the first of two',
    protocols('superchat, chat'),
    OPEN,
    PROTOCOL,
    { fields: { [NAME]: 'superchat' } },
  ],
  [
    'h.72',
    'the last of two fields, as the server chooses',
    { set: { [NAME]: 'a' }, add: [`${NAME}: b,c`] },
    OPEN,
    PROTOCOL,
    { server: 'last protocol', fields: { [NAME]: 'c' } },
  ],
  [
    'h.73',
    'none of those offered',
    protocols('a, b'),
    OPEN,
    NO_PROTOCOL,
    { server: 'no protocol', fields: { [NAME]: undefined } },
  ],
  [
    'h.74',
    'none offered, although the server would have one',
    {},
    OPEN,
    NO_PROTOCOL,
    { server: 'last protocol', fields: { [NAME]: undefined } },
  ],
  [
    'h.75',
    'an odd but legal token',
    protocols("!#$%&'*+-.^_`|~09azAZ"),
    OPEN,
    PROTOCOL,
    { fields: { [NAME]: "!#$%&'*+-.^_`|~09azAZ" } },
  ],
  ...['', 'a b', 'a, b, a', 'chat;x', '"chat"', 'ch@t', 'a/b', 'chat\x7f', 'ch\xe4t', '(chat)'].map(
    (value, i): Row => [
      `h.8${i}`,
      `malformed subprotocols: ${JSON.stringify(value)}`,
      protocols(value),
      BAD,
      [REFUSE],
    ],
  ),

  [
    'h.90',
    'a body with a length',
    { set: { 'Content-Length': '5' }, body: 'hello' },
    BAD,
    [REFUSE],
  ],
  [
    'h.91',
    'a body in chunks',
    { set: { 'Transfer-Encoding': 'chunked' }, body: '0\r\n\r\n' },
    BAD,
    [REFUSE],
  ],
  ['h.92', 'a header line without a colon', { add: ['nonsense'] }, BAD, [REFUSE]],
  ['h.93', 'a header name with a space', { add: ['bad name: x'] }, BAD, [REFUSE]],
  [
    'h.94',
    'a path that is not served',
    { startLine: 'GET /other HTTP/1.1' },
    [400, 404],
    ['6455/4.2.2/resource', ABORT],
    { server: 'one path' },
  ],
  [
    'h.95',
    'the path that is served, with a query',
    { startLine: 'GET /chat?x=1 HTTP/1.1' },
    OPEN,
    ANSWER,
    { server: 'one path' },
  ],
  [
    'h.96',
    'an origin that is not wanted',
    { set: { Origin: 'https://evil.example' } },
    [401, 403],
    ['6455/4.2.2/origin', ABORT],
    { server: 'nobody may' },
  ],
  [
    'h.97',
    'a second request behind a refused one is not answered',
    { drop: [KEY_NAME], body: 'GET / HTTP/1.1\r\nHost: x\r\n\r\n' },
    BAD,
    [ABORT],
  ],
];

/** RFC 6455 section 4.2: requests, and what our server answers. */
export const OPENING_SERVER_CASES = ROWS.map(caseOf);

function caseOf([id, title, request, status, rules, more]: Row): OpeningServerCase {
  const section = 'RFC 6455 4.2';
  return { id, title, section, subject: 'server', request, status, rules, ...more };
}
