import { valuesOf, type Head } from '../peer/http.js';
import type { Proof } from './case.js';

/** What our client's opening handshake looks like when it connects to `ws://127.0.0.1:<port>/chat?room=a%20b`. */
export interface RequestCase extends Proof {
  /** What is looked at, as text. */
  readonly look: (request: Head, port: number) => string;
  readonly expected: string | RegExp;
  readonly protocols: readonly string[];
}

type Row = readonly [
  id: string,
  title: string,
  rules: readonly string[],
  look: RequestCase['look'],
  expected: string | RegExp,
  protocols?: readonly string[],
];

function field(name: string): RequestCase['look'] {
  return (request) => valuesOf(request, name).join(' | ');
}

const ROWS: readonly Row[] = [
  [
    'r.1',
    'the request line',
    ['6455/4.1/request-get', '6455/4.1/request-uri', '6455/4.1/request-valid'],
    ({ startLine }) => startLine,
    'GET /chat?room=a%20b HTTP/1.1',
  ],
  [
    'r.2',
    'Host with the port',
    ['6455/4.1/request-host'],
    (request, port) => valuesOf(request, 'Host').join().replace(`${port}`, 'port'),
    '127.0.0.1:port',
  ],
  ['r.3', 'Upgrade', ['6455/4.1/request-upgrade'], field('Upgrade'), /^websocket$/i],
  ['r.4', 'Connection', ['6455/4.1/request-connection'], field('Connection'), /^upgrade$/i],
  [
    'r.5',
    'one key of 16 octets',
    ['6455/4.1/request-key'],
    (request) =>
      valuesOf(request, 'Sec-WebSocket-Key')
        .map((key) => `${Buffer.from(key, 'base64').length} ${key}`)
        .join(),
    /^16 [A-Za-z0-9+/]{21}[AQgw]==$/,
  ],
  ['r.6', 'the version', ['6455/4.1/request-version'], field('Sec-WebSocket-Version'), '13'],
  ['r.7', 'no subprotocols', ['6455/4.1/request-valid'], field('Sec-WebSocket-Protocol'), ''],
  [
    'r.8',
    'two subprotocols',
    ['6455/4.1/request-protocol-tokens'],
    (request) => valuesOf(request, 'Sec-WebSocket-Protocol').join().replaceAll(' ', ''),
    'chat,superchat',
    ['chat', 'superchat'],
  ],
  [
    'r.9',
    'the extension',
    ['6455/9.1/registered', '7692/5/offer'],
    field('Sec-WebSocket-Extensions'),
    /^permessage-deflate(;|$)/,
  ],
  [
    'r.10',
    'no field twice, no body',
    ['6455/4.1/request-valid'],
    ({ fields }) => {
      const names = fields.map(([name]) => name.toLowerCase());
      return names
        .filter((name, i) => names.indexOf(name) !== i || /^content-|^transfer-/.test(name))
        .join();
    },
    '',
  ],
];

/** RFC 6455 section 4.1, the request. */
export const REQUEST_CASES: readonly RequestCase[] = ROWS.map(
  ([id, title, rules, look, expected, protocols = []]) => {
    const section = 'RFC 6455 4.1';
    return { id, title, section, subject: 'client', rules, look, expected, protocols };
  },
);

/** URLs and subprotocols that our client has to refuse before it opens any connection. */
export interface RefusedCallCase extends Proof {
  readonly url: string;
  readonly protocols: readonly string[];
}

function refusedCall(
  id: string,
  title: string,
  rule: string,
  url: string,
  protocols: readonly string[] = [],
): RefusedCallCase {
  return { id, title, section: 'RFC 6455 4.1', subject: 'client', rules: [rule], url, protocols };
}

const GOOD_URL = 'ws://127.0.0.1:9/';

export const REFUSED_CALL_CASES: readonly RefusedCallCase[] = [
  ...[
    '',
    'no url',
    '/path',
    'ftp://127.0.0.1/',
    'ws://',
    'ws://127.0.0.1:99999/',
    'ws://127.0.0.1/#fragment',
    'mailto:a@b.example',
  ].map((url, i) => refusedCall(`r.2${i}`, `the URL ${JSON.stringify(url)}`, '6455/4.1/uri', url)),
  ...['', 'a b', 'a,b', 'ch@t', 'a/b', 'caf\u00e9', 'a\r\nb', '"a"'].map((name, i) =>
    refusedCall(
      `r.3${i}`,
      `the subprotocol ${JSON.stringify(name)}`,
      '6455/4.1/request-protocol-tokens',
      GOOD_URL,
      [name],
    ),
  ),
  refusedCall('r.40', 'a subprotocol twice', '6455/4.1/request-protocol-unique', GOOD_URL, [
    'a',
    'b',
    'a',
  ]),
];
