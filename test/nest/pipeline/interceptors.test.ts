import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { from, lastValueFrom, map, Observable, of, startWith, Subject, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { WsGateway, WsHandler } from '../../../lib/index.js';
import { deferred } from '../../support/deferred.js';
import { createCall, createConnection, findHandler } from '../support/compiled.js';
import { createApp } from '../support/gateway-app.js';

const storage = new AsyncLocalStorage<string>();

@Injectable()
class StoreInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return storage.run('stored', () => next.handle());
  }
}

@Injectable()
class WrapInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((data: unknown) => ({ data })));
  }
}

@Injectable()
class PrefixInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(startWith('first'));
  }
}

const pulled: string[] = [];

async function* count(): AsyncGenerator<number> {
  try {
    for (let value = 0; value < 1000; value++) {
      pulled.push(`${value} ${storage.getStore()}`);
      yield value;
    }
  } finally {
    pulled.push('closed');
  }
}

const hot = new Subject<number>();

const held = deferred<unknown>();

@WsGateway()
@Injectable()
@UseInterceptors(WrapInterceptor)
class StreamGateway {
  @WsHandler('value') value(): unknown {
    return 1;
  }
  @WsHandler('later') later(): unknown {
    return Promise.resolve(1);
  }
  @WsHandler('observable') observable(): unknown {
    return from([1, 2]);
  }
  @WsHandler('laterObservable') laterObservable(): unknown {
    return Promise.resolve(from([1, 2]));
  }
  @WsHandler('hot') hot(): unknown {
    return hot;
  }
  @UseInterceptors(PrefixInterceptor)
  @WsHandler('prefixed')
  prefixed(): unknown {
    return of('second');
  }
  @UseInterceptors(StoreInterceptor)
  @WsHandler('iterable')
  iterable(): unknown {
    return count();
  }
  @UseInterceptors(StoreInterceptor)
  @WsHandler('stored')
  async stored(): Promise<unknown> {
    await Promise.resolve();
    return storage.getStore();
  }
  @WsHandler('held') held(): unknown {
    return held.promise;
  }
  /** Its iterator gives what is no step. */
  @WsHandler('stepless') stepless(): unknown {
    return { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(5) }) };
  }
  @WsHandler('brokenIterable') async *brokenIterable(): AsyncGenerator<number> {
    yield 1;
    throw new Error('broken');
  }
}

async function invoke(type: string, signal?: AbortSignal): Promise<{ readonly result: unknown }> {
  const app = await createApp({ providers: [StreamGateway] });
  const handler = await findHandler(app, type);
  return { result: handler.invoke(createConnection(), undefined, createCall(type, signal)) };
}

describe('a handler behind interceptors', () => {
  it('returns a value at once when nothing is asynchronous', async () => {
    expect((await invoke('value')).result).toEqual({ data: 1 });
  });

  it('returns a promise of a value when it does', async () => {
    expect(await (await invoke('later')).result).toEqual({ data: 1 });
  });

  it.each(['observable', 'laterObservable'])('keeps an Observable one: %s', async (type) => {
    const result = (await (await invoke(type)).result) as Observable<unknown>;
    expect(await lastValueFrom(result.pipe(toArray()))).toEqual([{ data: 1 }, { data: 2 }]);
  });

  it('does not start an Observable before its consumer is there', async () => {
    const result = (await invoke('hot')).result as Observable<unknown>;
    expect(hot.observed).toBe(false);
    const seen: unknown[] = [];
    const subscription = result.subscribe((value) => seen.push(value));
    hot.next(1);
    expect(seen).toEqual([{ data: 1 }]);
    subscription.unsubscribe();
    expect(hot.observed).toBe(false);
  });

  it('keeps what interceptors emit ahead of the handler', async () => {
    const result = (await invoke('prefixed')).result as Observable<unknown>;
    const values = await lastValueFrom(result.pipe(toArray()));
    expect(values).toEqual([{ data: 'first' }, { data: 'second' }]);
  });

  it('pulls an AsyncIterable only as fast as it is read, in the async context of the call', async () => {
    pulled.length = 0;
    const stream = (await invoke('iterable')).result as AsyncIterator<unknown>;
    expect(pulled).toEqual([]);
    expect(await stream.next()).toEqual({ done: false, value: { data: 0 } });
    expect(await stream.next()).toEqual({ done: false, value: { data: 1 } });
    await new Promise(setImmediate);
    expect(pulled).toEqual(['0 stored', '1 stored']);
    await stream.return?.();
    await new Promise(setImmediate);
    expect(pulled).toEqual(['0 stored', '1 stored', 'closed']);
  });

  it('passes on what an AsyncIterable fails with', async () => {
    const stream = (await invoke('brokenIterable')).result as AsyncIterator<unknown>;
    expect(await stream.next()).toEqual({ done: false, value: { data: 1 } });
    await expect(stream.next()).rejects.toThrow('broken');
  });

  it('fails if its iterator gives no steps', async () => {
    const stream = (await invoke('stepless')).result as AsyncIterator<unknown>;
    await expect(stream.next()).rejects.toThrow('no step');
  });

  it('sees what an interceptor put into an AsyncLocalStorage', async () => {
    expect(await (await invoke('stored')).result).toEqual({ data: 'stored' });
  });

  it('is given up when the call is aborted, but not before it has settled', async () => {
    const abort = new AbortController();
    const { result } = await invoke('held', abort.signal);
    let isGivenUp = false;
    const reason = (result as Promise<unknown>).catch((error: unknown) => {
      isGivenUp = true;
      return error;
    });
    abort.abort(new Error('cancelled'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isGivenUp).toBe(false);
    held.resolve('unheard');
    expect(await reason).toMatchObject({ name: 'AbortError' });
  });
});
