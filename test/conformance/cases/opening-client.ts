import type { HeadChange } from '../peer/handshake.js';
import type { Proof } from './case.js';

/** One answer to our client: the connection opens, or it is failed. */
export interface OpeningClientCase extends Proof {
  readonly answer: HeadChange;
  readonly opens: boolean;
  readonly protocols?: readonly string[];
  /** The subprotocol in use once open. */
  readonly chosen?: string;
}

type Row = readonly [
  id: string,
  title: string,
  answer: HeadChange,
  opens: boolean,
  rules: readonly string[],
  more?: Partial<OpeningClientCase>,
];

const VALIDATE = ['6455/4.1/validate', '6455/7.2.1/handshake', '6455/7.1.7/client-fails'];
const UPGRADE = ['6455/4.1/answer-upgrade', ...VALIDATE];
const CONNECTION = ['6455/4.1/answer-connection', ...VALIDATE];
const ACCEPT = ['6455/4.1/answer-accept', ...VALIDATE];
const PROTOCOL = ['6455/4.1/answer-protocol', ...VALIDATE];
const OPEN = ['6455/4.1/handshake'];
const NAME = 'Sec-WebSocket-Protocol';
const ACCEPT_NAME = 'Sec-WebSocket-Accept';

function status(line: string, more: HeadChange = {}): HeadChange {
  return { startLine: `HTTP/1.1 ${line}`, set: { 'Content-Length': '0' }, ...more };
}

const ROWS: readonly Row[] = [
  ['k.1', 'an honest answer', {}, true, OPEN],
  [
    'k.2',
    'names in small letters, values in any case',
    {
      drop: ['Upgrade', 'Connection'],
      add: ['upgrade: WebSocket', 'connection: keep-alive, UPGRADE'],
    },
    true,
    ['6455/4.1/answer-upgrade', '6455/4.1/answer-connection'],
  ],
  [
    'k.3',
    'another reason phrase, and fields nobody knows',
    { startLine: 'HTTP/1.1 101 Fine', set: { Server: 'x', 'X-Empty': '' } },
    true,
    OPEN,
  ],
  ['k.4', 'no reason phrase', { startLine: 'HTTP/1.1 101 ' }, true, OPEN],

  ...[
    '200 OK',
    '204 No Content',
    '400 Bad Request',
    '401 Unauthorized',
    '403 Forbidden',
    '404 Not Found',
    '426 Upgrade Required',
    '500 Internal Server Error',
    '503 Service Unavailable',
  ].map((line, i): Row => [`k.1${i}`, line, status(line), false, VALIDATE]),
  ...['301 Moved Permanently', '302 Found', '307 Temporary Redirect', '308 Permanent Redirect'].map(
    (line, i): Row => [
      `k.2${i}`,
      `${line} is not followed by itself`,
      status(line, { set: { Location: 'ws://127.0.0.1:9/', 'Content-Length': '0' } }),
      false,
      VALIDATE,
    ],
  ),
  ['k.30', 'no HTTP', { startLine: 'hello' }, false, VALIDATE],
  ['k.31', 'a header line without a colon', { add: ['nonsense'] }, false, VALIDATE],
  ['k.32', 'HTTP/1.0', { startLine: 'HTTP/1.0 101 Switching Protocols' }, false, VALIDATE],

  ['k.40', 'no Upgrade', { drop: ['Upgrade'] }, false, UPGRADE],
  ['k.41', 'Upgrade: h2c', { set: { Upgrade: 'h2c' } }, false, UPGRADE],
  ['k.42', 'Upgrade: websockets', { set: { Upgrade: 'websockets' } }, false, UPGRADE],
  ['k.43', 'no Connection', { drop: ['Connection'] }, false, CONNECTION],
  ['k.44', 'Connection: close', { set: { Connection: 'close' } }, false, CONNECTION],
  ['k.45', 'Connection: Upgraded', { set: { Connection: 'Upgraded' } }, false, CONNECTION],

  ['k.50', 'no Sec-WebSocket-Accept', { drop: [ACCEPT_NAME] }, false, ACCEPT],
  [
    'k.51',
    'the digest of another key',
    { set: { [ACCEPT_NAME]: 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' } },
    false,
    ACCEPT,
  ],
  ['k.52', 'an empty Sec-WebSocket-Accept', { set: { [ACCEPT_NAME]: '' } }, false, ACCEPT],
  [
    'k.53',
    'two Sec-WebSocket-Accept',
    { add: [`${ACCEPT_NAME}: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=`] },
    false,
    ACCEPT,
  ],

  [
    'k.60',
    'one of the subprotocols',
    { set: { [NAME]: 'b' } },
    true,
    ['6455/4.1/answer-protocol'],
    { protocols: ['a', 'b'], chosen: 'b' },
  ],
  [
    'k.61',
    'a subprotocol nobody offered',
    { set: { [NAME]: 'c' } },
    false,
    PROTOCOL,
    { protocols: ['a', 'b'] },
  ],
  ['k.62', 'a subprotocol, none was offered', { set: { [NAME]: 'a' } }, false, PROTOCOL],
  [
    'k.63',
    'a subprotocol in another case',
    { set: { [NAME]: 'A' } },
    false,
    PROTOCOL,
    { protocols: ['a', 'b'] },
  ],
  [
    'k.64',
    'both subprotocols',
    { set: { [NAME]: 'a, b' } },
    false,
    PROTOCOL,
    { protocols: ['a', 'b'] },
  ],
  [
    'k.65',
    'an empty subprotocol',
    { set: { [NAME]: '' } },
    false,
    PROTOCOL,
    { protocols: ['a', 'b'] },
  ],
  [
    'k.66',
    'two subprotocol fields',
    { add: [`${NAME}: a`, `${NAME}: b`] },
    false,
    PROTOCOL,
    { protocols: ['a', 'b'] },
  ],
];

/** RFC 6455 section 4.1: answers, and what our client makes of them. */
export const OPENING_CLIENT_CASES = ROWS.map(caseOf);

function caseOf([id, title, answer, opens, rules, more]: Row): OpeningClientCase {
  const section = 'RFC 6455 4.1';
  return { id, title, section, subject: 'client', answer, opens, rules, ...more };
}
