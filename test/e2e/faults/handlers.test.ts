import {
  type CanActivate,
  Catch,
  type NestInterceptor,
  type PipeTransform,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { concat, EMPTY, map, Observable, of, range, throwError } from 'rxjs';
import { WsServer } from 'nestjs-wsgate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectPeer, type WsPeer } from '../../nest/support/ws-peer.js';
import { until } from '../../support/until.js';
import { ours, type Served, start } from '../support/serve.js';
import { type Behaviour, gatewayOf } from './support/gateway-of.js';
import { Log } from './support/log.js';
import { hostile, never, raise, thenable } from './support/misdeeds.js';

const INTERNAL = {
  op: 'error',
  error: { code: 'INTERNAL', message: 'Internal server error', status: 500 },
};

interface Row extends Behaviour {
  /** What the client is sent for its call, the id left out; or the last of it. */
  readonly sees: readonly object[];
  /** What the log says, once each; nothing is logged where this is not given. */
  readonly logs?: readonly (string | RegExp)[];
}

const circular: Record<string, unknown> = {};
circular['self'] = circular;

/** An AsyncIterable whose iterator is this. */
function iterating(iterator: object): object {
  return { [Symbol.asyncIterator]: () => iterator };
}

const TIMEOUT = {
  op: 'error',
  error: { code: 'TIMEOUT', message: 'No answer within 40 ms', status: 504 },
};
const LATE = /: TIMEOUT: No answer within 40 ms \(TableGateway\./;

const ROWS: Readonly<Record<string, Row>> = {
  'throws an error': {
    run: () => raise(new Error('boom')),
    sees: [INTERNAL],
    logs: [/TableGateway\.throws an error failed on connection .*: boom$/],
  },
  rejects: { run: () => Promise.reject(new Error('boom')), sees: [INTERNAL], logs: [/: boom$/] },
  'throws undefined': { run: () => raise(undefined), sees: [INTERNAL], logs: [/: undefined$/] },
  'rejects with undefined': {
    run: async () => raise(undefined),
    sees: [INTERNAL],
    logs: [/: undefined$/],
  },
  'throws a string': { run: () => raise('boom'), sees: [INTERNAL], logs: [/: 'boom'$/] },
  'throws an object without a prototype': {
    run: () => raise(Object.create(null)),
    sees: [INTERNAL],
    logs: [/Object: null prototype/],
  },
  'throws a proxy that throws': {
    run: () => raise(hostile()),
    sees: [INTERNAL],
    logs: [/failed on connection/],
  },
  'rejects with a proxy that throws': {
    run: async () => raise(hostile()),
    sees: [INTERNAL],
    logs: [/failed on connection/],
  },
  'throws an error whose message throws': {
    run: () =>
      raise(Object.defineProperty(new Error('x'), 'message', { get: () => raise(new Error('y')) })),
    sees: [INTERNAL],
    logs: [/failed on connection/],
  },
  'returns a proxy that throws': { run: hostile, sees: [INTERNAL], logs: [/do not touch/] },
  'resolves with a proxy that throws': {
    run: async () => ({ hostile: hostile() }),
    sees: [INTERNAL],
    logs: [/do not touch/],
  },
  'returns a thenable that throws': {
    run: () => thenable(() => raise(new Error('boom'))),
    sees: [INTERNAL],
    logs: [/: boom$/],
  },
  'returns a thenable that calls back twice': {
    run: () =>
      thenable((resolve, reject) => {
        resolve('once');
        resolve('twice');
        reject(new Error('and once more'));
      }),
    sees: [{ op: 'reply', data: 'once' }],
  },
  'never settles': {
    run: never,
    options: { timeout: 40 },
    sees: [TIMEOUT],
    logs: [LATE],
  },
  'settles when its signal fires': {
    run: (_conn, _payload, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('too late to tell')));
      }),
    options: { timeout: 40 },
    sees: [TIMEOUT],
    logs: [LATE],
  },
  'throws when its signal fires': {
    run: (_conn, _payload, signal) =>
      new Promise(() => signal.addEventListener('abort', () => raise(new Error('boom')))),
    options: { timeout: 40 },
    sees: [TIMEOUT],
    logs: [LATE, /an abort listener failed .*: boom/],
  },
  'errors with undefined': {
    run: () =>
      concat(
        of(1),
        throwError(() => undefined),
      ),
    sees: [{ op: 'next', data: 1 }, INTERNAL],
    logs: [/: undefined$/],
  },
  'throws in subscribe': {
    run: () => new Observable(() => raise(new Error('boom'))),
    sees: [INTERNAL],
    logs: [/: boom$/],
  },
  'throws in teardown': {
    run: () =>
      new Observable((out) => {
        out.next(1);
        queueMicrotask(() => out.complete());
        return () => raise(new Error('boom'));
      }),
    sees: [{ op: 'next', data: 1 }, { op: 'complete' }],
    logs: [/the end of TableGateway.*boom/s],
  },
  'emits after its end': {
    run: () =>
      new Observable((out) => {
        out.complete();
        out.next('late');
        out.error(new Error('later'));
      }),
    sees: [{ op: 'complete' }],
  },
  'emits a million items at once': {
    run: () => range(0, 1_000_000),
    sees: [
      {
        op: 'error',
        dropped: expect.any(Number) as number,
        error: {
          code: 'OVERFLOW',
          message: 'The client reads too slowly for this stream',
          status: 503,
        },
      },
    ],
    logs: [/: OVERFLOW: The client reads too slowly for this stream/],
  },
  'throws in Symbol.asyncIterator': {
    run: () => ({ [Symbol.asyncIterator]: () => raise(new Error('boom')) }),
    sees: [INTERNAL],
    logs: [/: boom$/],
  },
  'has no iterator': {
    run: () => iterating(undefined as never),
    sees: [INTERNAL],
    logs: [/TypeError|undefined/],
  },
  'throws in next': {
    run: () => iterating({ next: () => raise(new Error('boom')) }),
    sees: [INTERNAL],
    logs: [/: boom$/],
  },
  'gives null for a step': {
    run: () => iterating({ next: () => null }),
    sees: [INTERNAL],
    logs: [/the iterator gave null/],
  },
  'gives a number for a step': {
    run: () => iterating({ next: () => 5 }),
    sees: [INTERNAL],
    logs: [/the iterator gave 5/],
  },
  'gives a step that throws': {
    run: () =>
      iterating({
        next: () => ({
          get done() {
            return raise(new Error('boom'));
          },
        }),
      }),
    sees: [INTERNAL],
    logs: [/: boom$/],
  },
  'fails after an item': {
    run: async function* () {
      yield 1;
      throw new Error('boom');
    },
    sees: [{ op: 'next', data: 1 }, INTERNAL],
    logs: [/: boom$/],
  },
  'replies with what throws in toJSON': {
    run: () => ({ toJSON: () => raise(new Error('boom')) }),
    sees: [INTERNAL],
    logs: [/encoding what TableGateway.* gave failed .*: boom$/],
  },
  'replies with a circle': {
    run: () => circular,
    sees: [INTERNAL],
    logs: [/encoding what .*circular/s],
  },
  'replies with a BigInt': { run: () => 1n, sees: [INTERNAL], logs: [/encoding what .*BigInt/] },
  'streams what cannot be encoded': {
    run: () => of(1, 2n, 3),
    sees: [{ op: 'next', data: 1 }, INTERNAL],
    logs: [/encoding what .*BigInt/],
  },
  'replies with a function': { run: () => () => undefined, sees: [{ op: 'reply' }] },
  'replies with a symbol': { run: () => Symbol('nothing'), sees: [{ op: 'reply' }] },
  'streams a generator': {
    run: function* () {
      yield* [1, 2];
    },
    sees: [{ op: 'next', data: 1 }, { op: 'next', data: 2 }, { op: 'complete' }],
  },
  'fails in a generator': {
    run: function* () {
      yield 1;
      throw new Error('boom');
    },
    sees: [{ op: 'next', data: 1 }, INTERNAL],
    logs: [/: boom$/],
  },
};

const fail = (): never => raise(new Error('boom'));

function guard(canActivate: CanActivate['canActivate']): readonly MethodDecorator[] {
  return [UseGuards({ canActivate })];
}
function pipe(transform: PipeTransform['transform']): readonly MethodDecorator[] {
  return [UsePipes({ transform })];
}
function interceptor(intercept: NestInterceptor['intercept']): readonly MethodDecorator[] {
  return [UseInterceptors({ intercept })];
}
function filter(handle: (exception: unknown) => unknown): readonly MethodDecorator[] {
  class TableFilter {
    catch = handle;
  }
  Catch()(TableFilter);
  return [UseFilters(new TableFilter())];
}

/** What stands around a handler may do the same. */
const ENHANCED: Readonly<Record<string, Row>> = {
  'a guard throws': { decorators: guard(fail), sees: [INTERNAL], logs: [/: boom$/] },
  'a guard throws a proxy that throws': {
    decorators: guard(() => raise(hostile())),
    sees: [INTERNAL],
    logs: [/failed on connection/],
  },
  'a guard rejects with undefined': {
    decorators: guard(async () => raise(undefined)),
    sees: [INTERNAL],
    logs: [/: undefined$/],
  },
  'a guard answers a proxy that throws': {
    decorators: guard(() => hostile() as never),
    sees: [INTERNAL],
    logs: [/do not touch/],
  },
  'a guard answers an Observable of nothing': {
    decorators: guard(() => EMPTY),
    sees: [INTERNAL],
    logs: [/no elements in sequence/],
  },
  'a guard never settles': {
    decorators: guard(never),
    options: { timeout: 40 },
    sees: [TIMEOUT],
    logs: [LATE],
  },
  'a pipe throws': { decorators: pipe(fail), sees: [INTERNAL], logs: [/: boom$/] },
  'a pipe throws undefined': {
    decorators: pipe(() => raise(undefined)),
    sees: [INTERNAL],
    logs: [/: undefined$/],
  },
  'a pipe never settles': {
    decorators: pipe(never),
    options: { timeout: 40 },
    sees: [TIMEOUT],
    logs: [LATE],
  },
  'an interceptor throws': { decorators: interceptor(fail), sees: [INTERNAL], logs: [/: boom$/] },
  'an interceptor answers nothing': {
    decorators: interceptor(() => undefined as never),
    sees: [INTERNAL],
    logs: [/undefined/],
  },
  'an interceptor rejects': {
    decorators: interceptor(() => Promise.reject(new Error('boom'))),
    sees: [INTERNAL],
    logs: [/: boom$/],
  },
  'an interceptor never settles': {
    decorators: interceptor(never),
    options: { timeout: 40 },
    sees: [TIMEOUT],
    logs: [LATE],
  },
  'an interceptor fails with undefined': {
    decorators: interceptor(() => throwError(() => undefined)),
    sees: [INTERNAL],
    logs: [/: undefined$/],
  },
  'an interceptor throws on the way out': {
    run: () => of(1, 2),
    decorators: interceptor((_context, next) => next.handle().pipe(map(fail))),
    sees: [INTERNAL],
    logs: [/: boom$/],
  },
  'a filter throws': {
    run: () => raise(new Error('first')),
    decorators: filter(fail),
    sees: [INTERNAL],
    logs: [/: first$/, /an exception filter of .*: boom$/],
  },
  'a filter rejects with a proxy that throws': {
    run: fail,
    decorators: filter(async () => raise(hostile())),
    sees: [INTERNAL],
    logs: [/: boom$/, /an exception filter of .* failed on connection/],
  },
  'a filter answers a proxy that throws': {
    run: fail,
    decorators: filter(hostile),
    sees: [INTERNAL],
    logs: [/: boom$/, /an exception filter of .*do not touch/],
  },
  'a filter never settles': {
    run: fail,
    decorators: filter(never),
    options: { timeout: 40 },
    sees: [TIMEOUT],
    logs: [LATE],
  },
  'a filter never settles after a stream': {
    run: async () => throwError(() => new Error('boom')),
    decorators: filter(never),
    options: { timeout: 40 },
    sees: [TIMEOUT],
    logs: [LATE],
  },
};

/** Gives one item, and then waits until it is asked to end. */
function endingWith(end: () => unknown): object {
  let given = 0;
  const next = (): unknown => (given++ === 0 ? { done: false, value: 1 } : never());
  return iterating({ next, return: end });
}

/** What a stream does when it is asked to end. */
const CANCELLED: Readonly<Record<string, Behaviour & { readonly logs?: readonly RegExp[] }>> = {
  'its return never settles': { run: () => endingWith(never) },
  'its return throws': { run: () => endingWith(fail), logs: Array(2).fill(/the end of .*boom/s) },
  'its return rejects': {
    run: () => endingWith(() => Promise.reject(new Error('boom'))),
    logs: Array(2).fill(/the end of .*boom/s),
  },
  'its return is none': { run: () => endingWith(undefined as never) },
  'its finally waits for ever': {
    run: async function* () {
      try {
        yield 1;
        yield await never();
      } finally {
        await never();
      }
    },
  },
  'it goes on emitting': {
    run: () =>
      new Observable((out) => {
        out.next(1);
        const timer = setInterval(() => out.next(2), 1);
        return () => setTimeout(() => clearInterval(timer), 20);
      }),
  },
  'its teardown throws': {
    run: () =>
      new Observable((out) => {
        out.next(1);
        return fail;
      }),
    logs: Array(2).fill(/the end of .*boom/s),
  },
};

const NEIGHBOURS = 9;

describe('a handler misbehaves:', () => {
  const log = new Log();
  let served: Served;
  let neighbours: readonly WsPeer[];

  beforeAll(async () => {
    const Gateway = gatewayOf('/table', {
      ...ROWS,
      ...ENHANCED,
      ...CANCELLED,
      big: { run: () => 'x'.repeat(100_000_000) },
      ok: { run: () => 'ok' },
    });
    const configure: Parameters<typeof start>[0]['configure'] = (app) => app.useLogger(log);
    served = await start({ ...ours({ providers: [Gateway] }), configure });
    neighbours = await Promise.all(
      Array.from({ length: NEIGHBOURS }, () => connectPeer(`${served.url}/table`)),
    );
  });

  afterAll(() => served.app.close());

  it.each(Object.entries({ ...ROWS, ...ENHANCED }))('%s', async (type, { sees, logs = [] }) => {
    log.take();
    const peer = await connectPeer(`${served.url}/table`);
    const got = await peer.run(type);
    expect(got.slice(-sees.length)).toEqual(sees.map((message) => ({ id: 1, ...message })));
    const also = await Promise.all([peer, ...neighbours].map((each) => each.call('ok')));
    expect(also.map(({ data }) => data)).toEqual(Array(NEIGHBOURS + 1).fill('ok'));
    const lines = log.take();
    expect(lines.map(({ text }) => text)).toEqual(logs.map((line) => expect.stringMatching(line)));
    await peer.close();
  });

  it('replies with a hundred megabytes', async () => {
    const peer = await connectPeer(`${served.url}/table`, { maxPayload: 0 });
    const reply = peer.call('big');
    const also = await Promise.all(neighbours.map((each) => each.call('ok')));
    expect(also.map(({ data }) => data)).toEqual(Array(NEIGHBOURS).fill('ok'));
    expect(String((await reply)['data']).length).toBe(100_000_000);
    await peer.close();
  });

  it.each(Object.entries(CANCELLED))('is cancelled, and %s', async (type, { logs = [] }) => {
    log.take();
    const peer = await connectPeer(`${served.url}/table`);
    peer.send({ type, id: 1 });
    await peer.next(({ op }) => op === 'next');
    peer.send({ op: 'cancel', id: 1 });
    // The same id is free again at once, and gets the outcome of its new owner only.
    peer.send({ type: 'ok', id: 1 });
    expect(await peer.next(({ op }) => op === 'reply')).toEqual({ op: 'reply', id: 1, data: 'ok' });
    peer.send({ type, id: 2 });
    await peer.next(({ op, id }) => op === 'next' && id === 2);
    await peer.close();
    await until(() => log.lines.length >= logs.length);
    expect((await neighbours[0].call('ok'))['data']).toBe('ok');
    expect(log.take().map(({ text }) => text)).toEqual(
      logs.map((line) => expect.stringMatching(line)),
    );
    expect(peer.messages.filter(({ id, op }) => id === 1 && op !== 'next')).toHaveLength(1);
    expect(served.app.get(WsServer).connections.size).toBe(NEIGHBOURS);
  });
});
