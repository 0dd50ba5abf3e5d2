import { describe, expect, it } from 'vitest';
import { WsException } from '../../../lib/nest/errors/ws-exception.js';
import type { CompiledHandler } from '../../../lib/nest/pipeline/compiled-handler.js';
import { deferred } from '../../support/deferred.js';
import { handlerOf, startSessions } from './session-server.js';

const cyclic: Record<string, unknown> = {};
cyclic['self'] = cyclic;

const INTERNAL = { code: 'INTERNAL', message: 'Internal server error', status: 500 };

function throwing(error: unknown): () => never {
  return () => {
    throw error;
  };
}

const HANDLERS: readonly CompiledHandler[] = [
  handlerOf('echo', (data) => data),
  handlerOf('later', (data) => Promise.resolve(data)),
  handlerOf('nothing', () => undefined),
  handlerOf('throw', throwing(new WsException('NO_SEAT', 'All seats are taken', { free: 0 }))),
  handlerOf('reject', () => Promise.reject(new Error('secret'))),
  handlerOf('throw undefined', throwing(undefined)),
  handlerOf('cycle', () => cyclic),
  handlerOf('bigint', async () => 1n),
  handlerOf('bad details', throwing(new WsException('ODD', 'odd', 1n))),
  handlerOf('function', () => () => 1),
  handlerOf('trap', () => ({
    // oxlint-disable-next-line unicorn/no-thenable -- what it does to a session is the point
    get then(): never {
      throw new Error('trap');
    },
  })),
  handlerOf('thenable', () => ({
    // oxlint-disable-next-line unicorn/no-thenable -- the same
    then: (resolve: (value: string) => void) => {
      resolve('first');
      resolve('second');
    },
  })),
  handlerOf('filtered', throwing(new Error('x')), { handleException: () => ({ reply: 'mended' }) }),
  handlerOf('filtered later', throwing(new Error('x')), {
    handleException: async () => ({ reply: 'mended' }),
  }),
  handlerOf('filter gives a promise', throwing(new Error('x')), {
    handleException: () => ({ reply: Promise.reject(new WsException('AGAIN', 'again')) }),
  }),
  handlerOf('filter changes', throwing(new Error('x')), {
    handleException: () => ({ error: new WsException('OTHER', 'other') }),
  }),
  handlerOf('filter throws', throwing(new Error('x')), {
    handleException: throwing(new WsException('FILTER', 'filter')),
  }),
  handlerOf('filter rejects', throwing(new Error('x')), {
    handleException: () => Promise.reject(new WsException('FILTER', 'filter')),
  }),
];

const reply = (id: unknown, data?: unknown): unknown =>
  data === undefined ? { op: 'reply', id } : { op: 'reply', id, data };
const error = (id: unknown, fields: unknown): unknown =>
  id === undefined ? { op: 'error', error: fields } : { op: 'error', id, error: fields };
const coded = (code: string): unknown => expect.objectContaining({ code }) as unknown;

/** What the client sends, and everything it gets for it. */
const EXCHANGES: readonly (readonly [string, readonly unknown[], readonly unknown[]])[] = [
  ['a value is the reply', [{ type: 'echo', id: 1, data: { a: 'ü' } }], [reply(1, { a: 'ü' })]],
  ['null is a value', [{ type: 'echo', id: 1, data: null }], [reply(1, null)]],
  ['nothing is a reply without data', [{ type: 'nothing', id: 'x' }], [reply('x')]],
  ['what has no JSON is no data', [{ type: 'function', id: 'x' }], [reply('x')]],
  ['a promise is waited for', [{ type: 'later', id: 1, data: 2 }], [reply(1, 2)]],
  ['a thenable settles once', [{ type: 'thenable', id: 1 }], [reply(1, 'first')]],
  [
    '1 and "1" are two calls',
    [
      { type: 'later', id: 1, data: 'n' },
      { type: 'later', id: '1', data: 's' },
    ],
    [reply(1, 'n'), reply('1', 's')],
  ],
  ['an id is quoted', [{ type: 'echo', id: '"\\\u2028\n', data: 1 }], [reply('"\\\u2028\n', 1)]],
  [
    'an id may be empty, zero, negative',
    [
      { type: 'echo', id: '' },
      { type: 'echo', id: 0 },
      { type: 'echo', id: -1 },
    ],
    [reply(''), reply(0), reply(-1)],
  ],
  [
    'an id is free again after its outcome',
    [
      { type: 'echo', id: 1 },
      { type: 'echo', id: 1 },
    ],
    [reply(1), reply(1)],
  ],
  [
    'an event has no reply',
    [
      { type: 'echo', data: 1 },
      { type: 'later', data: 1 },
    ],
    [],
  ],
  [
    'an event that fails has an error without id',
    [{ type: 'throw' }],
    [error(undefined, { code: 'NO_SEAT', message: 'All seats are taken', details: { free: 0 } })],
  ],
  [
    'an exception is the error',
    [{ type: 'throw', id: 1 }],
    [error(1, { code: 'NO_SEAT', message: 'All seats are taken', details: { free: 0 } })],
  ],
  ['an unexpected exception stays here', [{ type: 'reject', id: 1 }], [error(1, INTERNAL)]],
  ['undefined may be thrown', [{ type: 'throw undefined', id: 1 }], [error(1, INTERNAL)]],
  [
    'a result that cannot be encoded',
    [
      { type: 'cycle', id: 1 },
      { type: 'bigint', id: 2 },
    ],
    [error(1, INTERNAL), error(2, INTERNAL)],
  ],
  ['details that cannot be encoded', [{ type: 'bad details', id: 1 }], [error(1, INTERNAL)]],
  ['a getter that throws', [{ type: 'trap', id: 1 }], [error(1, INTERNAL)]],
  [
    'a filter replies',
    [
      { type: 'filtered', id: 1 },
      { type: 'filtered later', id: 2 },
    ],
    [reply(1, 'mended'), reply(2, 'mended')],
  ],
  ['a filter replies to an event: nobody hears', [{ type: 'filtered' }], []],
  ['a filter changes the error', [{ type: 'filter changes', id: 1 }], [error(1, coded('OTHER'))]],
  [
    'a filter fails',
    [
      { type: 'filter throws', id: 1 },
      { type: 'filter rejects', id: 2 },
    ],
    [error(1, coded('FILTER')), error(2, coded('FILTER'))],
  ],
  [
    'a filter’s promise fails',
    [{ type: 'filter gives a promise', id: 1 }],
    [error(1, coded('AGAIN'))],
  ],
  [
    'an unknown type',
    [{ type: 'nope', id: 1 }, { type: 'nope' }],
    [error(1, coded('UNKNOWN_TYPE')), error(undefined, coded('UNKNOWN_TYPE'))],
  ],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', ''].map(
    (type) =>
      [
        `${type || 'nothing'} is no type`,
        [`{"type":${JSON.stringify(type)},"id":1}`],
        [error(1, coded('UNKNOWN_TYPE'))],
      ] as const,
  ),
  ['unknown members are left alone', [{ type: 'echo', id: 1, data: 1, trace: 'x' }], [reply(1, 1)]],
  [
    'text that is not JSON',
    ['{"type":', '', 'undefined'],
    [
      error(undefined, coded('BAD_MESSAGE')),
      error(undefined, coded('BAD_MESSAGE')),
      error(undefined, coded('BAD_MESSAGE')),
    ],
  ],
  [
    'a bad message with an id is tied to it',
    [{ id: 5, type: 7 }],
    [error(5, coded('BAD_MESSAGE'))],
  ],
  [
    'cancel and credit of nothing',
    [
      { op: 'cancel', id: 1 },
      { op: 'credit', id: 1, n: 1 },
    ],
    [],
  ],
];

describe('a session', () => {
  it.each(EXCHANGES)('%s', async (_name, sent, received) => {
    const server = await startSessions(HANDLERS);
    const client = await server.connect();
    client.send(...sent);
    // One round trip for what is synchronous, one more for promises.
    const answers = [...(await client.drain()), ...(await client.drain())];
    expect(answers).toEqual(received);
    expect(server.session.callsInFlight).toBe(0);
  });

  it('answers a ping', async () => {
    const client = await (await startSessions([])).connect();
    client.send({ op: 'ping' });
    expect(await client.next()).toEqual({ op: 'pong' });
  });

  it('takes no binary message as JSON', async () => {
    const client = await (await startSessions(HANDLERS)).connect();
    client.socket.send(Buffer.from('{"type":"echo","id":1}'));
    expect(await client.next()).toEqual(error(undefined, coded('BAD_MESSAGE')));
  });

  it('never echoes what it was sent', async () => {
    const client = await (await startSessions(HANDLERS)).connect();
    client.send(
      'hunter2',
      { type: 'hunter2', id: 1 },
      { op: 'hunter2' },
      { type: 'reject', id: 2, data: 'hunter2' },
    );
    expect(JSON.stringify(await client.take(4))).not.toContain('hunter2');
  });

  it('logs what the client is not told, with the place', async () => {
    const server = await startSessions(HANDLERS);
    const client = await server.connect();
    client.send({ type: 'reject', id: 1 }, { type: 'cycle', id: 2 });
    await client.take(2);
    expect(server.reports.map(({ where }) => where).sort()).toEqual([
      'Test.reject',
      'encoding what Test.cycle gave',
    ]);
  });

  it('refuses a second call with an id in flight, and answers the first', async () => {
    const gate = deferred<string>();
    const server = await startSessions([handlerOf('wait', () => gate.promise)]);
    const client = await server.connect();
    client.send({ type: 'wait', id: 1 }, { type: 'wait', id: 1 });
    expect(await client.next()).toEqual(error(1, coded('DUPLICATE_ID')));
    gate.resolve('done');
    expect(await client.next()).toEqual(reply(1, 'done'));
  });

  it.each([
    ['a call of an unknown type', { type: 'nope', id: 1 }, error(1, coded('DUPLICATE_ID'))],
    ['a call without a type', { type: 5, id: 1 }, error(undefined, coded('BAD_MESSAGE'))],
    ['an unknown op', { op: 'subscribe', id: 1 }, error(undefined, coded('BAD_MESSAGE'))],
    ['wrong credit', { op: 'credit', id: 1, n: 0 }, error(undefined, coded('BAD_MESSAGE'))],
  ])('does not end a call in flight with the error for %s under its id', async (_, bad, answer) => {
    const gate = deferred<string>();
    const server = await startSessions([handlerOf('wait', () => gate.promise)]);
    const client = await server.connect();
    client.send({ type: 'wait', id: 1 }, bad);
    expect(await client.next()).toEqual(answer);
    gate.resolve('done');
    expect(await client.next()).toEqual(reply(1, 'done'));
  });

  it('answers out of order what ends out of order', async () => {
    const gates = new Map([
      ['a', deferred<string>()],
      ['b', deferred<string>()],
    ]);
    const client = await (
      await startSessions([handlerOf('wait', (name: string) => gates.get(name)?.promise)])
    ).connect();
    client.send({ type: 'wait', id: 1, data: 'a' }, { type: 'wait', id: 2, data: 'b' });
    await client.drain();
    gates.get('b')?.resolve('second');
    expect(await client.next()).toEqual(reply(2, 'second'));
    gates.get('a')?.resolve('first');
    expect(await client.next()).toEqual(reply(1, 'first'));
  });

  it('lives on when its log throws', async () => {
    const server = await startSessions(HANDLERS);
    server.reports.push = throwing(new Error('disk full'));
    server.breaches.push = throwing(new Error('disk full'));
    const client = await server.connect();
    client.send({ type: 'reject', id: 1 }, { type: 'nope', id: 2 }, { type: 'later', id: 3 });
    const codes = (await client.take(3)).map(({ op }) => op);
    expect(new Set(codes)).toEqual(new Set(['error', 'reply']));
  });
});
