import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientFrame, FIN_TEXT, upgradeRequest } from '../../socket/support/raw-peer.js';
import {
  ask,
  dial,
  ended,
  hangUp,
  join,
  knock,
  many,
  statusOf,
  times,
} from './support/attacker.js';
import { underFire } from './support/under-fire.js';
import { Victim } from './support/victim.js';

let victim: Victim;

beforeAll(async () => {
  victim = await Victim.start({ handshakeTimeout: 1_000, openTimeout: 1_000, closeTimeout: 500 });
});

afterAll(() => victim.stop());

const PATH = '/target/x';
type Headers = Readonly<Record<string, string | undefined>>;

function request(headers: Headers, path = PATH, method = 'GET'): string {
  return upgradeRequest({ headers, path, method });
}

/** Each request, as often as `rounds` says; every answer is a whole response of one of these statuses, and the end. */
async function refused(
  requests: readonly string[],
  statuses: readonly number[],
  rounds = many(10),
): Promise<void> {
  await times(requests.length * rounds, async (at) => {
    const text = requests[at % requests.length] ?? '';
    const answer = await knock(victim, text);
    expect([text, statusOf(answer)]).toEqual([
      text,
      expect.toSatisfy((status: number) => statuses.includes(status)),
    ]);
    expect(answer.match(/^HTTP\//gm)).toHaveLength(1);
    expect(answer).toMatch(/\r\nconnection: close(, upgrade)?\r\n/i);
    expect(answer).not.toContain('swordfish');
  });
}

describe('cross-site hijacking', () => {
  const host = 'app.example.com';
  const origins = [
    'http://evil.example',
    'http://app.example.com.evil.example',
    'http://evilapp.example.com',
    'http://example.com',
    'http://xapp.example.com',
    'http://app.example.com:81',
    'https://app.example.com',
    'http://app.example.com@evil.example',
    'http://127.0.0.1',
    'http://[::1]',
    'http://2130706433',
    'null',
    'file://',
    'http://app.example.com/path',
    'http://app.example.com http://evil.example',
    '',
    'javascript:alert(1)',
    'http://app.example.com%00.evil.example',
    'http://app.example.com\\@evil.example',
  ];

  it('by origins that are not the server', async () => {
    const requests = origins.map((Origin) => request({ Host: host, Origin }));
    await underFire(victim, () => refused(requests, [400, 403], many(3)));
  });

  it('by two Origins, of which one is right', async () => {
    const one = request({ Host: host, Origin: `http://${host}` });
    const two = one.replace('\r\n\r\n', '\r\nOrigin: http://evil.example\r\n\r\n');
    const other = one.replace('Origin:', 'Origin: http://evil.example\r\norigin:');
    await underFire(victim, () => refused([two, other], [400]));
  });

  it('by a Host, or a proxy, of its own', async () => {
    const Origin = 'http://evil.example';
    await underFire(victim, () =>
      refused(
        [
          request({ Origin, Host: host, 'X-Forwarded-Host': 'evil.example' }),
          request({ Origin, Host: host, Forwarded: 'host=evil.example' }),
          request({ Origin, Host: host }).replace('Host:', 'Host: evil.example\r\nHost:'),
        ],
        [400, 403],
      ),
    );
  });
});

describe('guards and open hooks that', () => {
  it.each([
    ['throw', '?guard=throw', [500]],
    ['reject', '?guard=reject', [500]],
    ['refuse', '?guard=refuse', [403]],
    ['hang', '?guard=hang', [503]],
  ])('%s let nobody in', async (_name, query, statuses) => {
    await underFire(victim, () => refused([request({}, PATH + query)], statuses, many(100)));
  });

  it.each(['throw', 'hang'])('%s after the 101 close', async (mood) => {
    await underFire(victim, () =>
      times(many(50), async () => {
        const answer = await knock(victim, request({}, `${PATH}?open=${mood}`));
        expect(statusOf(answer)).toBe(101);
        expect(answer.slice(-4)).toBe('\x88\x02\x03\xf3');
      }),
    );
  });
});

describe('an upgrade that is not legal', () => {
  const cases: [string, readonly string[], readonly number[]][] = [
    ['without Key', [request({ 'Sec-WebSocket-Key': undefined })], [400]],
    [
      'with a key that is none',
      ['', 'short', 'x'.repeat(8_000), 'dGhlIHNhbXBsZSBub25jZQ', '=========='].map((key) =>
        request({ 'Sec-WebSocket-Key': key }),
      ),
      [400],
    ],
    [
      'of another version',
      ['', '0', '8', '12', '14', '13, 8', '13.0', '-13', '1e1'].map((version) =>
        request({ 'Sec-WebSocket-Version': version }),
      ),
      [426],
    ],
    ['without Host', [request({ Host: undefined })], [400]],
    [
      'to another protocol',
      ['h2c', 'websocket, h2c', 'TLS/1.0'].map((Upgrade) => request({ Upgrade })),
      [400],
    ],
    [
      'by another method',
      ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH'].map((method) =>
        request({}, PATH, method),
      ),
      [405],
    ],
    [
      'with a body',
      [
        request({ 'Content-Length': '5' }) + 'hello',
        request({ 'Transfer-Encoding': 'chunked' }) + '5\r\nhello\r\n0\r\n\r\n',
        request({ 'Content-Length': '41' }) + 'GET /target/smuggled HTTP/1.1\r\nHost: a\r\n\r\n',
      ],
      [400],
    ],
    [
      'in absolute form, or to no path of ours',
      [
        'http://localhost/target/x',
        'ws://localhost/target/x',
        '/target/../good',
        '/target/x/../../good',
        '/./good',
        '//good',
        '/good/',
        '/%67ood',
        '/good%2f',
        '/target/',
        '/target',
        '/target/a/b',
        '/target/%',
        '/target/%zz',
        '/target/%c3%28',
        '/constructor',
        '/__proto__',
        `/${'a/'.repeat(4_000)}`,
        `/target/${'%'.repeat(8_000)}`,
        `/target/${'%2f'.repeat(2_000)}/x`,
      ].map((path) => request({}, path)),
      [404, 400],
    ],
  ];

  it.each(cases)('%s', async (_name, requests, statuses) => {
    await underFire(victim, () => refused(requests, statuses));
  });

  it('without Upgrade is a request like others', async () => {
    await underFire(victim, () =>
      times(many(50), async () => {
        const socket = await dial(victim);
        socket.end(request({ Upgrade: undefined, Connection: 'close' }));
        await ended(socket);
      }),
    );
  });
});

describe('smuggling', () => {
  it('what stands behind a refused upgrade is never read', async () => {
    const refusedOne = request({ Origin: 'http://evil.example' });
    const behind = [
      request({}, '/good'),
      clientFrame(FIN_TEXT, 'x').toString('latin1'),
      'x'.repeat(500_000),
    ];
    await underFire(victim, () =>
      times(many(60), async (at) => {
        const answer = await knock(victim, refusedOne + (behind[at % behind.length] ?? ''));
        expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
        expect(statusOf(answer)).toBe(403);
      }),
    );
  });
});

describe('pipelining', () => {
  it('an upgrade behind a request that has no answer yet is cut', async () => {
    await underFire(victim, () =>
      times(many(60), async (at) => {
        const path = at % 2 === 0 ? PATH : '/nowhere';
        const answer = await knock(
          victim,
          `GET /${at} HTTP/1.1\r\nHost: a\r\n\r\n${request({}, path)}`,
        );
        expect(answer.match(/HTTP\/1\.1 (?!404)/g)).toBeNull();
        expect(answer).not.toContain('no WebSocket here');
      }),
    );
  });
});

describe('header lists made to be slow', () => {
  const SIZE = 15_000;
  const fill = (text: string): string => text.repeat(Math.floor(SIZE / text.length));
  const lists = [
    fill('a,'),
    fill('a;'),
    fill('a;b="'),
    fill('a; b=c; '),
    fill(' '),
    `a${fill(' ')}!`,
    `a;b="${fill('\\')}`,
    `permessage-deflate${fill('; client_max_window_bits')}`,
    fill('permessage-deflate,'),
    fill(','),
    fill('\t, '),
  ];

  it.each([
    'Sec-WebSocket-Extensions',
    'Sec-WebSocket-Protocol',
    'Cookie',
    'Connection',
    'Forwarded',
  ])('%s', async (name) => {
    await underFire(
      victim,
      () =>
        times(lists.length * many(5), async (at) => {
          const socket = await dial(victim);
          socket.write(request({ [name]: lists[at % lists.length] }));
          await new Promise((resolve) => socket.once('data', resolve).once('close', resolve));
          socket.destroy();
        }),
      { loopHeldMs: 500 },
    );
  });
});

describe('what is reflected', () => {
  it('no line break gets into an answer', async () => {
    const evil = '%0d%0aSet-Cookie:%20sid=evil';
    await underFire(victim, async () => {
      const answers = await Promise.all(
        [
          request({}, `/no/${evil}`),
          request({ 'Sec-WebSocket-Protocol': `x${evil}` }, `/target/x?guard=refuse&${evil}`),
          request({ Origin: `http://evil${evil}` }),
          request({ 'Sec-WebSocket-Version': `8${evil}` }),
        ].map((text) => knock(victim, text)),
      );
      for (const answer of answers) {
        expect(answer.toLowerCase()).not.toContain('set-cookie');
        expect(answer).not.toContain('evil');
      }
    });
  });

  it.each([
    ['%00', '\0'],
    ['%2e%2e', '..'],
    ['%2F..%2F', '/../'],
    ['__proto__', '__proto__'],
    ['%0d%0a', '\r\n'],
  ])('a parameter %s is text and no more', async (written, read) => {
    await underFire(victim, async () => {
      const peer = await join(victim, `/target/${written}`);
      expect(await ask(peer, 'name')).toEqual({ op: 'reply', id: 1, data: { name: read } });
      await hangUp(peer);
    });
  });
});
