import { Logger } from '@nestjs/common';
import { WsGateway, WsHandler, WsPayload } from 'nestjs-wsgate';
import { EMPTY, from, NEVER, of, throwError } from 'rxjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectPeer, type WsPeer } from '../../nest/support/ws-peer.js';
import { ours, type Served, start } from '../support/serve.js';

const SECRET = 'secret';

class Account {
  readonly name = 'Ada';
  readonly password = SECRET;
  toJSON(): unknown {
    return { name: this.name };
  }
}

/** What handlers give, and what the client is to see of it. */
const VALUES: Readonly<Record<string, { readonly give: () => unknown; readonly see: unknown }>> = {
  null: { give: () => null, see: null },
  false: { give: () => false, see: false },
  zero: { give: () => 0, see: 0 },
  'an empty text': { give: () => '', see: '' },
  'an array': { give: () => [1, [2]], see: [1, [2]] },
  'a date': { give: () => new Date(0), see: '1970-01-01T00:00:00.000Z' },
  'an object with toJSON': { give: () => new Account(), see: { name: 'Ada' } },
  'a promise of a promise': { give: () => Promise.resolve(Promise.resolve(1)), see: 1 },
  // oxlint-disable-next-line unicorn/no-thenable
  'a thenable': { give: () => ({ then: (done: (value: number) => void) => done(1) }), see: 1 },
  'an object without prototype': {
    give: () => Object.assign(Object.create(null), { a: 1 }) as unknown,
    see: { a: 1 },
  },
  'line separators': {
    give: () => '\u2028 \ud83d\ude00 \ud800',
    see: '\u2028 \ud83d\ude00 \ud800',
  },
};

const STREAMS: Readonly<
  Record<string, { readonly give: () => unknown; readonly see: readonly unknown[] }>
> = {
  'an empty Observable': { give: () => EMPTY, see: [] },
  'a promise of an Observable': { give: () => Promise.resolve(of(1, 2)), see: [1, 2] },
  'an Observable of undefined': { give: () => of(undefined, null), see: [null, null] },
  'an async generator': { give: () => generate(), see: [1, 2] },
  'a promise of an async generator': { give: () => Promise.resolve(generate()), see: [1, 2] },
  'a foreign AsyncIterable': {
    give: () => ({ [Symbol.asyncIterator]: () => generate() }),
    see: [1, 2],
  },
  'a web stream': { give: () => ReadableStream.from([1, 2]), see: [1, 2] },
};

async function* generate(): AsyncIterableIterator<number> {
  yield 1;
  yield Promise.resolve(2);
}

function fail(reason: unknown): never {
  // oxlint-disable-next-line typescript/only-throw-error
  throw reason;
}

/** Whatever goes wrong, the client learns that something did, and no more. */
const FAILURES: Readonly<Record<string, () => unknown>> = {
  'throwing a text': () => fail(SECRET),
  'throwing nothing': () => fail(undefined),
  'throwing null': () => fail(null),
  'throwing an object': () => fail({ code: 'OWN', message: SECRET }),
  'throwing a proxy': () => fail(new Proxy({}, { get: () => fail(SECRET) })),
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors
  'rejecting with nothing': () => Promise.reject(),
  'an error whose message throws': () =>
    fail(Object.defineProperty(new Error(), 'message', { get: () => fail(SECRET) })),
  'a bigint': () => 1n,
  'a cycle': () => {
    const cycle: Record<string, unknown> = {};
    return (cycle['self'] = cycle);
  },
  'a toJSON that throws': () => ({ toJSON: () => fail(new Error(SECRET)) }),
  'a getter that throws': () => ({
    get name() {
      return fail(new Error(SECRET));
    },
  }),
  // oxlint-disable-next-line unicorn/no-thenable
  'a thenable that throws': () => ({ then: () => fail(new Error(SECRET)) }),
  'an Observable that fails with nothing': () => throwError(() => undefined),
  'an Observable of a bigint': () => of(1n),
  'an Observable that throws when subscribed to': () =>
    from({ [Symbol.asyncIterator]: () => fail(SECRET) } as never),
  'an AsyncIterable that throws at once': () => ({ [Symbol.asyncIterator]: () => fail(SECRET) }),
  'an AsyncIterable whose next throws': () => ({
    [Symbol.asyncIterator]: () => ({ next: () => fail(SECRET) }),
  }),
};

@WsGateway('/results')
class Results {
  @WsHandler('give') give(@WsPayload() name: string): unknown {
    return (VALUES[name] ?? STREAMS[name])?.give();
  }
  @WsHandler('fail') fail(@WsPayload() name: string): unknown {
    return FAILURES[name]();
  }
  @WsHandler('never') never(): unknown {
    return NEVER;
  }
}

describe('what handlers give', () => {
  const escaped: unknown[] = [];
  const catchEscaped = (reason: unknown): void => void escaped.push(reason);
  let served: Served;
  let peer: WsPeer;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    process.on('unhandledRejection', catchEscaped);
    served = await start(ours({ providers: [Results] }));
  });
  afterAll(async () => {
    await served.app.close();
    process.off('unhandledRejection', catchEscaped);
  });

  beforeEach(async () => {
    peer = await connectPeer(`${served.url}/results`);
  });
  afterEach(() => peer.close());

  it.each(Object.keys(VALUES))('%s is a reply', async (name) => {
    expect(await peer.call('give', name)).toEqual({ op: 'reply', id: 1, data: VALUES[name].see });
  });

  it.each(Object.keys(STREAMS))('%s is a stream', async (name) => {
    const messages = await peer.run('give', name);
    expect(messages).toEqual([
      ...STREAMS[name].see.map((data) => ({ op: 'next', id: 1, data })),
      { op: 'complete', id: 1 },
    ]);
  });

  it.each(Object.keys(FAILURES))('%s is INTERNAL, and no more is said', async (name) => {
    const messages = await peer.run('fail', name);
    expect(messages).toEqual([
      {
        op: 'error',
        id: 1,
        error: { code: 'INTERNAL', message: 'Internal server error', status: 500 },
      },
    ]);
    expect(await peer.call('give', 'zero')).toMatchObject({ data: 0 });
    expect(escaped).toEqual([]);
  });
});
