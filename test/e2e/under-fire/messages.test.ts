import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawPeer } from '../../socket/support/raw-peer.js';
import { ask, hangUp, hear, join, list, many, say, times } from './support/attacker.js';
import { underFire } from './support/under-fire.js';
import { Victim } from './support/victim.js';

const MIB = 2 ** 20;

let victim: Victim;

beforeAll(async () => {
  // The heartbeat finds out who has gone while nothing is read from them.
  victim = await Victim.start({ closeTimeout: 500, heartbeatInterval: 3_000 });
});

afterAll(() => victim.stop());

/** Attacks over one connection, which is cut afterwards. */
async function over(attack: (peer: RawPeer) => Promise<unknown>): Promise<void> {
  const peer = await join(victim);
  await attack(peer);
  await hangUp(peer);
}

/** The code of the error that this, as it stands, is answered with. */
async function codeFor(peer: RawPeer, text: string): Promise<unknown> {
  say(peer, text);
  const { error } = await hear(peer);
  return (error as { readonly code?: string } | undefined)?.code;
}

describe('type confusion', () => {
  const ENVELOPES: [string, string][] = [
    ...[
      '',
      '{',
      '[]',
      '1',
      'null',
      '"x"',
      '{}',
      '[{"type":"name"}]',
      '{"type":1}',
      '\0',
      '{"type":["name"]}',
    ].map((text): [string, string] => [text, 'BAD_MESSAGE']),
    ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'NAME', 'name '].map(
      (type): [string, string] => [JSON.stringify({ type, id: 1 }), 'UNKNOWN_TYPE'],
    ),
    ...[
      '1.5',
      '9007199254740992',
      '1e400',
      'null',
      'true',
      '{}',
      '[]',
      `"${'x'.repeat(257)}"`,
      `"${'x'.repeat(MIB - 50)}"`,
    ].map((id): [string, string] => [`{"type":"name","id":${id}}`, 'BAD_MESSAGE']),
    ...[
      '{"op":1}',
      '{"op":"__proto__"}',
      '{"op":"reply","id":1}',
      '{"op":"credit","id":1,"n":-1}',
      '{"op":"credit","id":1,"n":1e400}',
    ].map((text): [string, string] => [text, 'BAD_MESSAGE']),
    ['{"type":"name","id":1,"type":"throw"}', 'INTERNAL'],
    ['{"__proto__":{"type":"name","id":1}}', 'BAD_MESSAGE'],
  ];

  it('in the envelope', async () => {
    await underFire(victim, () =>
      over((peer) =>
        times(
          ENVELOPES.length * many(5),
          async (at) => {
            const [text, code] = ENVELOPES[at % ENVELOPES.length] ?? ['', ''];
            expect([text.slice(0, 99), await codeFor(peer, text)]).toEqual([
              text.slice(0, 99),
              code,
            ]);
          },
          1,
        ),
      ),
    );
  });

  const PAYLOADS = [
    'null',
    '1',
    '"x"',
    'true',
    '[]',
    '[{"text":"x"}]',
    '{}',
    '{"text":1}',
    '{"text":["x"]}',
    '{"text":{"length":5}}',
    '{"text":{"__proto__":"x"}}',
    '{"text":"x","count":"1"}',
    '{"text":"x","count":1e400}',
    '{"__proto__":{"text":"x"}}',
    '{"length":1,"0":{"text":"x"}}',
  ];

  it.each(['note', 'plain-note'])('in the payload of %s', async (type) => {
    await underFire(victim, () =>
      over(async (peer) => {
        for (const data of PAYLOADS) {
          const code = await codeFor(peer, `{"type":"${type}","id":1,"data":${data}}`);
          expect([data, code]).toEqual([data, 'VALIDATION']);
        }
      }),
    );
  });
});

describe('prototype pollution', () => {
  const POISONS = [
    '{"__proto__":{"polluted":true}}',
    '{"text":"x","__proto__":{"polluted":true}}',
    '{"text":"x","constructor":{"prototype":{"polluted":true}}}',
    '{"text":"x","__proto__":{"__proto__":{"polluted":true}}}',
    '{"text":"x","prototype":{"polluted":true}}',
  ];

  it('by payloads', async () => {
    await underFire(victim, () =>
      over(async (peer) => {
        for (const type of ['note', 'plain-note', 'echo', 'keep', 'throw', '__proto__']) {
          for (const data of POISONS) {
            say(peer, `{"type":"${type}","id":"__proto__","data":${data}}`);
            expect(await hear(peer)).toMatchObject({ id: '__proto__' });
            expect(await ask(peer, 'keys', {})).toEqual({ op: 'reply', id: 1, data: [] });
          }
        }
      }),
    );
  });
});

describe('JSON that is', () => {
  const repeat = (piece: string, bytes: number): string =>
    piece.repeat(Math.floor(bytes / piece.length));
  const nest = (open: string, close: string, bytes: number): string => {
    const depth = Math.floor(bytes / (open.length + close.length));
    return `${open.repeat(depth)}1${close.repeat(depth)}`;
  };
  const shapes = (bytes: number): readonly string[] => [
    nest('[', ']', bytes),
    nest('{"a":', '}', bytes),
    `[${repeat('0,', bytes)}0]`,
    `[${repeat('{},', bytes)}{}]`,
    `{${repeat('"a":1,', bytes)}"a":1}`,
    `{${Array.from({ length: bytes / 12 }, (_, at) => `"k${at}":1`).join()}}`,
    repeat('1', bytes),
    `"${repeat('\\u0000', bytes)}"`,
  ];

  /** As data, as id and as the message itself. */
  async function send(peer: RawPeer, type: string, json: string): Promise<void> {
    say(peer, `{"type":"${type}","id":7,"data":${json}}`);
    expect(await hear(peer)).toMatchObject({ id: 7 });
    expect(await codeFor(peer, `{"type":"name","id":{"x":${json}}}`)).toBe('BAD_MESSAGE');
    expect(await codeFor(peer, `[${json}]`)).toBe('BAD_MESSAGE');
  }

  // Half a MiB: an array of half a million, or 250 000 levels. Validated, it would hold the loop for seconds.
  it.each(['echo', 'keys', 'no', 'note', 'plain-note'])(
    'as large as may be, or as deep, to %s',
    async (type) => {
      await underFire(victim, () =>
        over(async (peer) => {
          for (const json of shapes(MIB / 2)) await send(peer, type, json);
        }),
      );
    },
  );
});

describe('ids', () => {
  it('of calls that never end: reading stops', async () => {
    await underFire(victim, () =>
      times(many(10), () =>
        over(async (peer) => {
          say(peer, ...list(5_000, (id) => ({ type: 'hang', id })), { type: 'name', id: 'unread' });
          expect(await isAnswered(peer)).toBe(false);
        }),
      ),
    );
  });

  it('of calls that are cancelled: they keep their place until they end', async () => {
    await underFire(victim, () =>
      over(async (peer) => {
        const attempt = (id: number): readonly unknown[] => [
          { type: 'hang', id },
          { op: 'cancel', id },
        ];
        say(peer, ...list(1_000, attempt).flat(), { type: 'name', id: 'unread' });
        expect(await isAnswered(peer)).toBe(false);
      }),
    );
  });

  it('that are in flight', async () => {
    await underFire(victim, () =>
      over(async (peer) => {
        const count = many(5_000);
        say(peer, ...list(count, () => ({ type: 'hang', id: 1 })));
        for (let call = 1; call < count; call++) {
          expect(await hear(peer)).toMatchObject({ id: 1, error: { code: 'DUPLICATE_ID' } });
        }
      }),
    );
  });

  it('that were never used', async () => {
    await underFire(victim, () =>
      over(async (peer) => {
        const n = Number.MAX_SAFE_INTEGER;
        const ids = list(many(5_000), (id) => id);
        say(
          peer,
          ...ids.flatMap((id) => [
            { op: 'credit', id, n },
            { op: 'cancel', id },
          ]),
        );
        expect(await ask(peer, 'name')).toMatchObject({ op: 'reply' });
      }),
    );
  });
});

describe('streams', () => {
  it('more and more of them', async () => {
    await underFire(victim, () =>
      over(async (peer) => {
        const count = many(2_000);
        say(peer, ...list(count, (id) => ({ type: 'lines', id, credit: 0 })));
        for (let id = 64; id < count; id++) {
          expect(await hear(peer)).toMatchObject({ id, error: { code: 'OVERFLOW' } });
        }
      }),
    );
  });

  it.each(['ticks', 'lines'])('%s, asked for and cancelled over and over', async (type) => {
    await underFire(victim, () =>
      over(async (peer) => {
        const round = [
          { type, id: 1, credit: 1 },
          { op: 'cancel', id: 1 },
        ];
        say(peer, ...list(many(2_000), () => round).flat(), { type: 'name', id: 'last' });
        let message = await hear(peer);
        while (message['id'] !== 'last') message = await hear(peer);
      }),
    );
  });

  it.each(['ticks', 'lines'])('%s, of clients that vanish', async (type) => {
    await underFire(victim, () =>
      times(many(300), async (at) => {
        const peer = await join(victim);
        say(peer, ...list(8, (id) => ({ type, id, credit: at % 3 })));
        if (at % 2 === 0) await hangUp(peer);
        else peer.socket.resetAndDestroy();
      }),
    );
  });

  it('with more credit than there are numbers', async () => {
    await underFire(victim, () =>
      over(async (peer) => {
        const n = Number.MAX_SAFE_INTEGER;
        say(
          peer,
          { type: 'ticks', id: 1, credit: n },
          ...list(100, () => ({ op: 'credit', id: 1, n })),
        );
        expect(await hear(peer)).toEqual({ op: 'next', id: 1, data: 0 });
      }),
    );
  });
});

describe('what is not to be known', () => {
  it.each([
    ['an exception', '{"type":"throw","id":1}'],
    ['an exception in a stream', '{"type":"throw-later","id":1}'],
    ['an excluded field', '{"type":"user","id":1}'],
    ['an excluded field in a stream', '{"type":"users","id":1}'],
    ['a value that is not valid', '{"type":"note","id":1,"data":{"count":"swordfish"}}'],
    ['a type', '{"type":"swordfish","id":1}'],
    ['what cannot be read', '{"swordfish":'],
  ])('%s', async (_name, text) => {
    await underFire(victim, () =>
      over((peer) =>
        times(
          many(100),
          async () => {
            say(peer, text);
            let message = await hear(peer);
            expect(JSON.stringify(message)).not.toMatch(/swordfish|at .*\.js/);
            while (message['op'] === 'next') message = await hear(peer);
          },
          1,
        ),
      ),
    );
  });
});

/** Whether anything comes, while ten others have had an answer: reading has not stopped. */
async function isAnswered(peer: RawPeer): Promise<boolean> {
  const answer = hear(peer).then(
    () => true,
    () => false,
  );
  const others = times(10, () => over((other) => ask(other, 'name')), 1);
  return Promise.race([answer, others.then(() => false)]);
}
