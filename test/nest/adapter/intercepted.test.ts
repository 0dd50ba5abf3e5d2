import {
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import {
  Ack,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WsException,
  type WsResponse,
} from '@nestjs/websockets';
import { EMPTY, NEVER, Observable, of, range, Subject, tap } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { WsClient } from '../../../lib/client/node.js';
import { until } from '../../support/until.js';
import { WsPeer } from '../support/ws-peer.js';
import { type AdaptedApp, serveAdapted } from './support/adapted-app.js';
import { connectEvents } from './support/event-peer.js';

/** What was measured: types whose handling has completed. */
const measured: string[] = [];
/** Streams that are subscribed to. */
let watchers = 0;
const ticks = new Subject<number>();

class Measuring implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const type = context.switchToWs().getPattern();
    return next.handle().pipe(tap({ complete: () => void measured.push(type) }));
  }
}

function watch<T>(source: Observable<T>): Observable<T> {
  return new Observable((subscriber) => {
    watchers += 1;
    subscriber.add(() => (watchers -= 1));
    return source.subscribe(subscriber);
  });
}

@WebSocketGateway({ maxStreamsInFlight: 2 })
@UseInterceptors(new Measuring())
class MeasuredGateway {
  @SubscribeMessage('value')
  value(@MessageBody() data: unknown): unknown {
    return data;
  }
  @SubscribeMessage('later')
  async later(@MessageBody() data: unknown): Promise<WsResponse<unknown>> {
    await new Promise(setImmediate);
    return { event: 'later', data };
  }
  @SubscribeMessage('nothing')
  nothing(): void {}
  @SubscribeMessage('acknowledge')
  acknowledge(@MessageBody() data: unknown, @Ack() ack: (value: unknown) => void): void {
    ack({ acknowledged: data });
  }
  @SubscribeMessage('refuse')
  refuse(): never {
    throw new WsException('no');
  }
  @SubscribeMessage('one')
  one(): Observable<number> {
    return of(1);
  }
  @SubscribeMessage('three')
  three(): Observable<WsResponse<number>> {
    return new Observable((subscriber) => {
      for (const data of [1, 2, 3]) subscriber.next({ event: 'three', data });
      subscriber.complete();
    });
  }
  @SubscribeMessage('none')
  none(): Observable<number> {
    return EMPTY;
  }
  @SubscribeMessage('endless')
  endless(): Observable<number> {
    return watch(range(0, Number.MAX_SAFE_INTEGER));
  }
  @SubscribeMessage('ticks')
  ticks(): Observable<number> {
    return watch(ticks);
  }
  @SubscribeMessage('never')
  never(): Observable<number> {
    return watch(NEVER);
  }
}

let adapted: AdaptedApp;

beforeEach(async () => {
  measured.length = 0;
  adapted = await serveAdapted({ providers: [MeasuredGateway] });
});

afterEach(() => adapted.app.close());

async function connect(): Promise<WsPeer> {
  const { socket } = await connectEvents(adapted.url, { protocols: ['wsgate.v1'] });
  return new WsPeer(socket);
}

describe('behind an interceptor, a client of wsgate.v1 gets', () => {
  it.each<[string, object]>([
    ['value', { op: 'reply', data: 'it' }],
    ['later', { op: 'reply', data: 'it' }],
    ['nothing', { op: 'reply' }],
    ['acknowledge', { op: 'reply', data: { acknowledged: 'it' } }],
    ['one', { op: 'reply', data: 1 }],
    ['refuse', { op: 'error', error: { message: 'no' } }],
  ])('one outcome for one value: %s', async (type, outcome) => {
    const peer = await connect();
    expect(await peer.call(type, 'it')).toMatchObject(outcome);
  });

  it.each<[string, readonly unknown[]]>([
    ['three', [1, 2, 3, undefined]],
    ['none', [undefined]],
  ])('a stream for any other number of them: %s', async (type, data) => {
    const outcomes = await (await connect()).run(type);
    expect(outcomes.map((message) => message.data)).toEqual(data);
    expect(outcomes.at(-1)).toMatchObject({ op: 'complete' });
  });

  it('a stream from the first item on, although more may come', async () => {
    const peer = await connect();
    peer.send({ type: 'ticks', id: 1 });
    await until(() => watchers === 1);
    ticks.next(1);
    await peer.next(({ op }) => op === 'next');
    ticks.next(2);
    peer.send({ op: 'cancel', id: 1 });
    await until(() => watchers === 0);
    expect(peer.messages).toMatchObject([{ data: 1 }, { data: 2 }]);
  });

  it('a stream for what it has given credit for', async () => {
    const peer = await connect();
    peer.send({ type: 'value', id: 7, data: 'it', credit: 4 });
    await peer.next(({ op }) => op === 'complete');
    expect(peer.messages).toMatchObject([{ op: 'next', data: 'it' }, { op: 'complete' }]);
  });

  it('an end of a source that does not let go of the event loop', async () => {
    const outcomes = await (await connect()).run('endless');
    expect(outcomes.at(-1)).toMatchObject({ op: 'error', error: { code: 'OVERFLOW' } });
    expect(watchers).toBe(0);
  });

  it('nothing for an event, which is handled all the same', async () => {
    const peer = await connect();
    for (const type of ['value', 'nothing', 'later']) peer.send({ type, data: 'it' });
    await until(() => measured.length === 3);
    await peer.call('value');
    expect(peer.messages).toEqual([expect.objectContaining({ op: 'reply' })]);
  });

  it('BAD_MESSAGE for an event that gives a stream, which is stopped', async () => {
    const peer = await connect();
    peer.send({ type: 'ticks' });
    await until(() => watchers === 1);
    ticks.next(1);
    const refused = await peer.next(({ op }) => op === 'error');
    expect(refused).toMatchObject({ error: { code: 'BAD_MESSAGE' } });
    expect(watchers).toBe(0);
  });

  it('OVERFLOW for a stream too many, which is stopped', async () => {
    const peer = await connect();
    for (const id of [1, 2, 3]) peer.send({ type: 'ticks', id });
    await until(() => watchers === 3);
    ticks.next(1);
    const refused = await peer.next(({ op }) => op === 'error');
    expect(refused).toMatchObject({ id: 3, error: { code: 'OVERFLOW' } });
    expect(watchers).toBe(2);
  });

  it.each(['a cancelled call', 'a connection that is gone'])(
    'no source that goes on for %s, though it never gave anything',
    async (how) => {
      const peer = await connect();
      peer.send({ type: 'never', id: 'n' });
      await until(() => watchers === 1);
      if (how === 'a cancelled call') peer.send({ op: 'cancel', id: 'n' });
      else peer.socket.terminate();
      await until(() => watchers === 0);
    },
  );

  it('what its request and its stream of this package’s own client expect', async () => {
    const client = new WsClient(adapted.url);
    onTestFinished(() => client.close());
    expect(await client.request('later', 21)).toBe(21);
    const items: unknown[] = [];
    for await (const item of client.stream('one')) items.push(item);
    for await (const item of client.stream('one', undefined, { credit: Infinity }))
      items.push(item);
    expect(items).toEqual([1, 1]);
  });
});
