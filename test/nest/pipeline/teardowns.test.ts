import {
  type CallHandler,
  type INestApplication,
  Injectable,
  Logger,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { finalize, firstValueFrom, map, Observable, range, Subject, tap } from 'rxjs';
import {
  afterEach,
  beforeEach,
  describe,
  expect,
  it,
  type MockInstance,
  onTestFinished,
  vi,
} from 'vitest';
import { WsGateway, WsHandler } from '../../../lib/index.js';
import { deferred } from '../../support/deferred.js';
import { serveApp } from '../support/gateway-app.js';
import { connectPeer, type WsPeer } from '../support/ws-peer.js';

/** What ends a source that goes on. */
/** Of the items of a synchronous source. */
const MANY = 1_000_000;
let emitted = 0;

const end = new Subject<'complete' | 'error'>();

function fail(): never {
  throw new Error('teardown');
}

@Injectable()
class Through implements NestInterceptor {
  intercept(_context: unknown, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((value: unknown) => value));
  }
}

/** Sources that throw when they are let go of. */
class Sources {
  @WsHandler('observable')
  observable(): Observable<number> {
    return new Observable((out) => {
      out.next(1);
      end.subscribe((how) =>
        how === 'complete' ? out.complete() : out.error(new Error('broken')),
      );
      return fail;
    });
  }

  @WsHandler('promised')
  async promised(): Promise<Observable<number>> {
    return this.observable();
  }

  @WsHandler('generator')
  async *generator(): AsyncGenerator<number, void, undefined> {
    try {
      for (;;) yield 1;
    } finally {
      fail();
    }
  }

  @WsHandler('iterator')
  iterator(): AsyncIterable<number> {
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: false, value: 1 }),
        return: fail,
      }),
    };
  }

  /** As the cursors of database drivers have it. */
  @WsHandler('cursor')
  cursor(): AsyncIterable<number> {
    return {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: false, value: 1 }) }),
      destroy: () => Promise.reject(new Error('teardown')),
    } as AsyncIterable<number>;
  }

  /** Fails with an error that throws when it is asked for its name. */
  @WsHandler('opaque')
  async *opaque(): AsyncGenerator<number, void, undefined> {
    try {
      for (;;) yield 1;
    } finally {
      // oxlint-disable-next-line no-unsafe-finally
      throw Object.defineProperty(new Error('teardown'), 'name', { get: fail });
    }
  }

  /** Is cancelled before its source is there. */
  @WsHandler('unready')
  async unready(): Promise<AsyncIterable<number>> {
    await firstValueFrom(end);
    return this.cursor();
  }

  @WsHandler('sync')
  *sync(): Generator<number, void, undefined> {
    try {
      for (;;) yield 1;
    } finally {
      fail();
    }
  }

  /** Fails when nobody takes from it any more. */
  @WsHandler('late')
  async *late(): AsyncGenerator<number, void, undefined> {
    yield 1;
    await firstValueFrom(end);
    throw new Error('late');
  }

  @WsHandler('endless')
  endless(): Observable<number> {
    return range(0, MANY).pipe(tap((n) => (emitted = n)));
  }

  @WsHandler('fence')
  fence(): string {
    return 'fence';
  }
}

@WsGateway('/Plain')
class PlainGateway extends Sources {}

@WsGateway('/Intercepted')
@UseInterceptors(Through, Through)
class InterceptedGateway extends Sources {}

@Injectable()
class BrittleInterceptor implements NestInterceptor {
  intercept(_context: unknown, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(finalize(fail));
  }
}

const held = deferred();

@WsGateway({ path: '/Brittle', maxCallsInFlight: 1 })
class BrittleGateway {
  @WsHandler('held')
  @UseInterceptors(BrittleInterceptor)
  async held(): Promise<void> {
    await held.promise;
  }

  @WsHandler('next')
  next(): string {
    return 'next';
  }
}

async function reach(
  path: string,
): Promise<{ readonly peer: WsPeer; readonly app: INestApplication }> {
  const providers = [PlainGateway, InterceptedGateway, BrittleGateway];
  const { app, url } = await serveApp({ providers });
  onTestFinished(() => app.close());
  return { app, peer: await connectPeer(`${url}${path}`) };
}

describe.each(['Plain', 'Intercepted'])('a source that throws when it is let go of: %s', (kind) => {
  let error: MockInstance;

  beforeEach(() => {
    error = vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
  });
  afterEach(() => error.mockRestore());

  /** What failed, of everything that is logged as an error. */
  function failures(): readonly string[] {
    return error.mock.calls.map(([line]) => String(line).split(' failed')[0]);
  }

  it.each(['observable', 'promised', 'generator', 'iterator', 'cursor', 'opaque', 'sync', 'late'])(
    'is logged once when it is cancelled: %s',
    async (type) => {
      const { peer, app } = await reach(`/${kind}`);
      peer.send({ type, id: 'stream', credit: type === 'late' ? 2 : 1 });
      await peer.next(({ op }) => op === 'next');
      peer.send({ op: 'cancel', id: 'stream' });
      await peer.call('fence');
      end.next('error');
      await app.close();
      expect(failures()).toEqual([`the end of ${kind}Gateway.${type}`]);
    },
  );

  it.each(['observable', 'promised', 'generator', 'iterator', 'cursor', 'opaque', 'sync'])(
    'is logged once when the connection closes: %s',
    async (type) => {
      const { peer, app } = await reach(`/${kind}`);
      peer.send({ type, id: 'stream', credit: 1 });
      await peer.next(({ op }) => op === 'next');
      await peer.close();
      await app.close();
      expect(failures()).toEqual([`the end of ${kind}Gateway.${type}`]);
    },
  );

  it.each(['observable', 'promised'])('is logged once when it completes: %s', async (type) => {
    const { peer } = await reach(`/${kind}`);
    peer.send({ type, id: 'stream' });
    await peer.next(({ op }) => op === 'next');
    // Whoever makes it complete learns nothing of it.
    end.next('complete');
    await peer.next(({ op }) => op === 'complete');
    expect(failures()).toEqual([`the end of ${kind}Gateway.${type}`]);
  });

  it.each(['observable', 'promised'])('is logged besides its failure: %s', async (type) => {
    const { peer } = await reach(`/${kind}`);
    peer.send({ type, id: 'stream' });
    await peer.next(({ op }) => op === 'next');
    end.next('error');
    await peer.next(({ op }) => op === 'error');
    expect(failures()).toEqual([`the end of ${kind}Gateway.${type}`, `${kind}Gateway.${type}`]);
  });

  it('may come when nobody wants it any more', async () => {
    const unhandled = vi.fn<(error: unknown) => void>();
    process.on('unhandledRejection', unhandled);
    onTestFinished(() => void process.off('unhandledRejection', unhandled));
    const { peer, app } = await reach(`/${kind}`);
    peer.send({ type: 'unready', id: 'stream' });
    peer.send({ op: 'cancel', id: 'stream' });
    await peer.call('fence');
    end.next('complete');
    await peer.call('fence');
    await app.close();
    expect(unhandled).not.toHaveBeenCalled();
  });

  it('may be synchronous, and is stopped where nobody wants more of it', async () => {
    const { peer } = await reach(`/${kind}`);
    peer.send({ type: 'endless', id: 'stream', credit: 1 });
    const overflow = await peer.next(({ op }) => op === 'error');
    expect(overflow).toMatchObject({ error: { code: 'OVERFLOW' } });
    expect(emitted).toBeLessThan(MANY - 1);
  });
});

it('an interceptor that throws when it is let go of does not keep a cancelled call in its place', async () => {
  const error = vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
  onTestFinished(() => error.mockRestore());
  const { peer } = await reach('/Brittle');
  peer.send({ type: 'held', id: 'cancelled' });
  peer.send({ op: 'cancel', id: 'cancelled' });
  peer.send({ op: 'ping' });
  await peer.next(({ op }) => op === 'pong');
  held.resolve();
  expect(await peer.call('next')).toMatchObject({ op: 'reply', data: 'next' });
});
