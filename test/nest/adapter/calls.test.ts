import {
  type ArgumentsHost,
  type CanActivate,
  Catch,
  type ExceptionFilter,
  HttpException,
  NotFoundException,
  type Type,
  UseFilters,
  UseGuards,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import {
  Ack,
  BaseWsExceptionFilter,
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  WsException,
  type WsResponse,
} from '@nestjs/websockets';
import { IsInt, IsString } from 'class-validator';
import { concat, map, type Observable, of, Subject, throwError } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer as Server, prepareMessage } from '../../../lib/server/index.js';
import { WsClient } from '../../../lib/client/node.js';
import { WsException as OurWsException } from '../../../lib/index.js';
import { deferred } from '../../support/deferred.js';
import { WsPeer } from '../support/ws-peer.js';
import { type AdaptedApp, serveAdapted } from './support/adapted-app.js';
import { connectEvents } from './support/event-peer.js';
import { NEST_MAJOR } from './support/nest-major.js';

class Refusing implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

class Throttling implements CanActivate {
  canActivate(): never {
    throw new HttpException('too many', 429);
  }
}

@Catch()
class Hiding implements ExceptionFilter {
  catch(_exception: unknown, host: ArgumentsHost): void {
    const data = { status: 'error', message: 'hidden' };
    host
      .switchToWs()
      .getClient<WebSocket>()
      .send(JSON.stringify({ event: 'exception', data }));
  }
}

class Order {
  @IsString() readonly item!: string;
  @IsInt() readonly count!: number;
}

/** A gateway whose payload is checked by a pipe that stands there. */
function validatedBy(where: string): Type {
  @WebSocketGateway()
  class OrderGateway {
    @SubscribeMessage('order')
    order(
      @MessageBody(...(where === 'parameter' ? [new ValidationPipe()] : [])) _order: Order,
    ): void {
      // Not reached.
    }
  }
  if (where === 'class') UsePipes(new ValidationPipe())(OrderGateway);
  if (where === 'injected') UsePipes(ValidationPipe)(OrderGateway);
  return OrderGateway;
}

/** Knows nothing of `wsgate.v1`. */
@WebSocketGateway()
class OldGateway {
  @WebSocketServer()
  server!: Server;
  private readonly numbers = new Subject<number>();
  private release: (() => void) | undefined;
  private left = 0;

  @SubscribeMessage('double')
  double(@MessageBody() n: number): WsResponse<number> {
    return { event: 'doubled', data: n * 2 };
  }

  @SubscribeMessage('plain')
  plain(@MessageBody() data: unknown): unknown {
    return data;
  }

  @SubscribeMessage('three')
  three(): Observable<WsResponse<number>> {
    return of(1, 2, 3).pipe(map((data) => ({ event: 'three', data })));
  }

  /** Its iterator gives what is no step. */
  @SubscribeMessage('stepless')
  stepless(): unknown {
    return { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(5) }) };
  }

  /** Its iterator ends as `for await` has it. */
  @SubscribeMessage('truthy')
  truthy(): unknown {
    return { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: 1 }) }) };
  }

  @SubscribeMessage('generate')
  async *generate(): AsyncGenerator<number, void, undefined> {
    yield 1;
    yield 2;
  }

  @SubscribeMessage('generate responses')
  async *generateResponses(): AsyncGenerator<WsResponse<number>, void, undefined> {
    try {
      for (let data = 1; ; data++) yield { event: 'three', data };
    } finally {
      this.left += 1;
    }
  }

  @SubscribeMessage('step')
  *step(): Generator<WsResponse<number>, void, undefined> {
    yield { event: 'three', data: 1 };
  }

  @SubscribeMessage('left')
  countLeft(): number {
    return this.left;
  }

  @SubscribeMessage('break')
  break(): Observable<number> {
    return concat(
      of(1),
      throwError(() => new WsException({ code: 'BROKEN', message: 'broken', at: 1 })),
    );
  }

  @SubscribeMessage('refuse')
  refuse(@MessageBody() data: unknown): never {
    throw new WsException(data as string);
  }

  @SubscribeMessage('fail')
  async fail(@MessageBody() turns: number): Promise<void> {
    for (let n = 0; n < turns; n++) await Promise.resolve();
    throw new Error('a secret');
  }

  @SubscribeMessage('turns')
  async turns(@MessageBody() turns: number): Promise<void> {
    for (let n = 0; n < turns; n++) await Promise.resolve();
  }

  @UsePipes(new ValidationPipe())
  @SubscribeMessage('validated')
  validated(@MessageBody() _order: Order): void {
    // Not reached.
  }

  @SubscribeMessage('missing')
  missing(): never {
    throw new NotFoundException('no such order');
  }

  @SubscribeMessage('missing stream')
  missingStream(): Observable<number> {
    return concat(
      of(1),
      throwError(() => new NotFoundException('no such order')),
    );
  }

  @SubscribeMessage('ours')
  ours(): never {
    throw new OurWsException('SOLD_OUT', 'none is left', { left: 0 });
  }

  @UseFilters(Hiding)
  @SubscribeMessage('hidden')
  hidden(): never {
    throw new NotFoundException('a secret');
  }

  @UseFilters(new BaseWsExceptionFilter())
  @SubscribeMessage('handed on')
  handedOn(): never {
    throw new NotFoundException('no such order');
  }

  @UseGuards(Throttling)
  @SubscribeMessage('throttled')
  throttled(): void {
    // Not reached.
  }

  @UseGuards(Refusing)
  @SubscribeMessage('guarded')
  guarded(): void {
    // Not reached.
  }

  @SubscribeMessage('acknowledge')
  acknowledge(@MessageBody() data: unknown, @Ack() ack: (value: unknown) => void): WsResponse {
    queueMicrotask(() => ack({ acknowledged: data }));
    return { event: 'aside', data: 1 };
  }

  /** A stream that fails when somebody else's call makes it. */
  @SubscribeMessage('numbers')
  watch(): Observable<number> {
    return this.numbers.pipe(
      map((n) => {
        if (n < 0) throw new WsException('negative');
        return n;
      }),
    );
  }

  @SubscribeMessage('emit')
  emit(@MessageBody() n: number): string {
    this.numbers.next(n);
    return 'emitted';
  }

  @SubscribeMessage('tell all')
  tellAll(@MessageBody() data: unknown): void {
    const text = JSON.stringify({ event: 'news', data });
    for (const client of this.server.clients) client.send(text);
  }

  @SubscribeMessage('broadcast')
  broadcast(@MessageBody() data: unknown): void {
    const message = prepareMessage(JSON.stringify({ event: 'news', data }));
    for (const client of this.server.clients) client.sendPrepared(message);
  }

  @SubscribeMessage('by hand')
  byHand(@ConnectedSocket() client: WebSocket): string {
    client.send(JSON.stringify({ event: 'exception', data: { message: 'a warning' } }));
    return 'went on';
  }

  @SubscribeMessage('hold')
  async hold(): Promise<string> {
    await new Promise<void>((resolve) => (this.release = resolve));
    return 'held';
  }

  @SubscribeMessage('release')
  letGo(): void {
    this.release?.();
  }
}

/** Looks like a response, and is more. */
const WHOLE = { event: 'not', data: 'a', response: 1 };

let adapted: AdaptedApp;

beforeEach(async () => {
  adapted = await serveAdapted({ providers: [OldGateway] });
});

afterEach(() => adapted.app.close());

async function connect(): Promise<WsPeer> {
  const { socket } = await connectEvents(adapted.url, { protocols: ['wsgate.v1'] });
  return new WsPeer(socket);
}

describe('a client of wsgate.v1 reaches old gateways', () => {
  it.each<[string, unknown, object]>([
    ['double', 2, { op: 'reply', data: 4 }],
    ['plain', WHOLE, { op: 'reply', data: WHOLE }],
    ['turns', 3, { op: 'reply' }],
    ['acknowledge', 'it', { op: 'reply', data: { acknowledged: 'it' } }],
    ['by hand', undefined, { op: 'reply', data: 'went on' }],
  ])('with calls: %s', async (type, data, reply) => {
    const peer = await connect();
    expect(await peer.call(type, data)).toMatchObject(reply);
  });

  it.each<[string, unknown, object]>([
    ['refuse', 'no', { code: 'EXCEPTION', message: 'no' }],
    [
      'refuse',
      { message: 'full', seats: 2 },
      { code: 'EXCEPTION', message: 'full', details: { seats: 2 } },
    ],
    ['fail', 0, { code: 'INTERNAL', message: 'Internal server error' }],
    ['missing', 1, { code: 'NOT_FOUND', message: 'no such order', status: 404 }],
    ['ours', 1, { code: 'SOLD_OUT', message: 'none is left', details: { left: 0 } }],
    ['handed on', 1, { code: 'NOT_FOUND', message: 'no such order', status: 404 }],
    ['throttled', 1, { code: 'RATE_LIMITED', message: 'too many', status: 429 }],
    ['hidden', 1, { code: 'EXCEPTION', message: 'hidden' }],
    ['guarded', 1, { code: 'FORBIDDEN', message: 'Forbidden resource', status: 403 }],
    ['nobody', 1, { code: 'UNKNOWN_TYPE', message: 'Unknown type', status: 404 }],
  ])('with calls that fail: %s', async (type, data, error) => {
    const peer = await connect();
    expect(await peer.call(type, data)).toEqual({ op: 'error', id: 1, error });
  });

  it('with calls that fail their validation', async () => {
    const peer = await connect();
    const { error } = await peer.call('validated', { item: 'book' });
    const details = [{ path: 'count', messages: ['count must be an integer number'] }];
    expect(error).toEqual({
      code: 'VALIDATION',
      message: 'Validation failed',
      status: 400,
      details,
    });
  });

  // Nest 11 runs no global pipes for gateways.
  it.each(['class', 'parameter', 'injected', ...(NEST_MAJOR > 11 ? ['global'] : [])])(
    'with calls that fail the validation of a pipe: %s',
    async (where) => {
      const gateway = validatedBy(where);
      const { app, url } = await serveAdapted({
        providers: [gateway],
        configure: (created) => {
          if (where === 'global') created.useGlobalPipes(new ValidationPipe());
        },
      });
      onTestFinished(() => app.close());
      const { socket } = await connectEvents(url, { protocols: ['wsgate.v1'] });
      const { error } = await new WsPeer(socket).call('order', { item: 1, count: 1 });
      expect(error).toMatchObject({
        code: 'VALIDATION',
        details: [{ path: 'item', messages: ['item must be a string'] }],
      });
    },
  );

  it('with streams that fail with an HttpException', async () => {
    const peer = await connect();
    const error = { code: 'NOT_FOUND', message: 'no such order', status: 404 };
    expect(await peer.run('missing stream')).toMatchObject([
      { op: 'next' },
      { op: 'error', error },
    ]);
  });

  it('and {event, data} is told of an exception what it always was', async () => {
    const peer = await connectEvents(adapted.url);
    for (const event of ['missing', 'handed on', 'validated', 'throttled']) {
      peer.say({ event, data: {} });
      expect(await peer.next()).toMatchObject({
        event: 'exception',
        data: { status: 'error', message: 'Internal server error' },
      });
    }
  });

  it('and every one of many at once gets its own outcome', async () => {
    const peer = await connect();
    const calls = Array.from({ length: 60 }, (_, n) =>
      peer.call(n % 3 === 0 ? 'fail' : 'turns', n % 7),
    );
    const outcomes = await Promise.all(calls);
    const expected = outcomes.map((_, n) => (n % 3 === 0 ? 'error' : 'reply'));
    expect(outcomes.map(({ op }) => op)).toEqual(expected);
    expect(peer.messages).toHaveLength(60);
  });

  it('with streams', async () => {
    const peer = await connect();
    const three = await peer.run('three');
    expect(three.map(({ op, data }) => [op, data])).toEqual([
      ['next', 1],
      ['next', 2],
      ['next', 3],
      ['complete', undefined],
    ]);
    expect(await peer.run('generate')).toHaveLength(3);
  });

  it('with generators of responses, pulled as the client reads, and left when it has had enough', async () => {
    const peer = await connect();
    peer.send({ type: 'generate responses', id: 'g', credit: 2 });
    const second = await peer.next(({ op, data }) => op === 'next' && data === 2);
    expect(second).toEqual({ op: 'next', id: 'g', data: 2 });
    expect(await peer.call('left')).toMatchObject({ data: 0 });
    peer.send({ op: 'cancel', id: 'g' });
    expect(await peer.call('left')).toMatchObject({ data: 1 });
    expect(await peer.run('step')).toMatchObject([{ op: 'next', data: 1 }, { op: 'complete' }]);
  });

  it('with streams that fail', async () => {
    const peer = await connect();
    const error = { code: 'BROKEN', message: 'broken', details: { at: 1 } };
    expect(await peer.run('break')).toMatchObject([{ op: 'next' }, { op: 'error', error }]);
  });

  it('with streams whose iterators give no steps: these fail', async () => {
    const peer = await connect();
    peer.send({ type: 'stepless', id: 's', credit: 2 });
    const first = await peer.next(({ id }) => id === 's');
    expect(first).toMatchObject({ op: 'error', error: { code: 'INTERNAL' } });
  });

  it('with streams whose iterators end with a done that is only truthy', async () => {
    const peer = await connect();
    expect(await peer.run('truthy')).toMatchObject([{ op: 'complete' }]);
  });

  it('and a stream that fails in another call’s hands is told apart from it', async () => {
    const peer = await connect();
    const stream = peer.run('numbers');
    await peer.call('plain');
    await peer.call('emit', 1);
    expect(await peer.call('emit', -1)).toMatchObject({ op: 'reply', data: 'emitted' });
    expect(await stream).toMatchObject([
      { op: 'next', data: 1 },
      { op: 'error', error: { code: 'EXCEPTION', message: 'negative' } },
    ]);
  });

  it('with events, of which only failures are answered', async () => {
    const peer = await connect();
    peer.send({ type: 'double', data: 1 });
    peer.send({ type: 'refuse', data: 'no' });
    await peer.call('plain');
    expect(peer.messages).toMatchObject([
      { op: 'error', error: { message: 'no' } },
      { op: 'reply', id: 1 },
    ]);
  });

  it.each(['tell all', 'broadcast'])('and gets what they send by hand: %s', async (type) => {
    const [peer, other] = [await connect(), await connectEvents(adapted.url)];
    await peer.call(type, { n: 1 });
    expect(peer.messages[0]).toEqual({ type: 'news', data: { n: 1 } });
    expect(await other.hear(1)).toEqual(['{"event":"news","data":{"n":1}}']);
  });

  it('and a goaway, and its replies, at shutdown', async () => {
    const peer = await connect();
    const held = peer.call('hold');
    await peer.call('plain');
    const closed = adapted.app.close();
    await peer.next(({ op }) => op === 'goaway');
    peer.send({ type: 'release' });
    expect(await held).toMatchObject({ op: 'reply', data: 'held' });
    await closed;
    expect((await peer.closed).code).toBe(1001);
  });

  it('with this package’s own client', async () => {
    const client = new WsClient(adapted.url);
    expect(await client.request('double', 21)).toBe(42);
    await client.close();
  });
});

describe('an acknowledgement that never comes', () => {
  const silent = { type: 'silent', id: 'silent' };
  const cancel = { op: 'cancel', id: 'silent' };

  it.each<[string, readonly object[]]>([
    ['a call that was cancelled', [silent, cancel]],
    ['an event, which nobody waits for', [{ type: 'silent' }]],
  ])('keeps no place, when the handler has settled, for %s', async (_name, messages) => {
    const [started, settled] = [deferred(), deferred()];
    @WebSocketGateway({ maxCallsInFlight: 1 })
    class SilentGateway {
      @SubscribeMessage('silent')
      async silent(@Ack() _ack: (value: unknown) => void): Promise<void> {
        started.resolve();
        await settled.promise;
      }

      @SubscribeMessage('next')
      next(): string {
        return 'next';
      }
    }
    const { app, url } = await serveAdapted({ providers: [SilentGateway] });
    onTestFinished(() => app.close());
    const events = await connectEvents(url, { protocols: ['wsgate.v1'] });
    const peer = new WsPeer(events.socket);
    events.sayAtOnce(messages);
    const next = peer.call('next');
    await started.promise;
    settled.resolve();
    expect(await next).toMatchObject({ op: 'reply', data: 'next' });
  });

  it('keeps none either for a call that is cancelled after the handler has settled', async () => {
    const settled = deferred();
    @WebSocketGateway({ maxCallsInFlight: 1 })
    class SilentGateway {
      @SubscribeMessage('silent')
      silent(@Ack() _ack: (value: unknown) => void): void {
        setImmediate(settled.resolve);
      }

      @SubscribeMessage('next')
      next(): string {
        return 'next';
      }
    }
    const { app, url } = await serveAdapted({ providers: [SilentGateway] });
    onTestFinished(() => app.close());
    const events = await connectEvents(url, { protocols: ['wsgate.v1'] });
    const peer = new WsPeer(events.socket);
    peer.send(silent);
    await settled.promise;
    peer.send(cancel);
    expect(await peer.call('next')).toMatchObject({ op: 'reply', data: 'next' });
  });
});
