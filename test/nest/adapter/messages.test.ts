import type { IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import {
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WsException,
  type WsResponse,
} from '@nestjs/websockets';
import { Observable, of, type Subscriber } from 'rxjs';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { WebSocket } from 'ws';
import type { WsgateAdapterOptions } from '../../../lib/index.js';
import { deferred } from '../../support/deferred.js';
import { type AdaptedApp, serveAdapted } from './support/adapted-app.js';
import { connectEvents } from './support/event-peer.js';
import { Journal } from './support/journal.js';

let adapted: AdaptedApp | undefined;

async function serve(gateway: new () => object, options?: WsgateAdapterOptions): Promise<string> {
  adapted = await serveAdapted({ providers: [gateway], options });
  return adapted.url;
}

afterEach(async () => {
  await adapted?.app.close();
  adapted = undefined;
});

@WebSocketGateway()
class EchoGateway {
  @SubscribeMessage('echo')
  echo(@MessageBody() data: unknown): WsResponse<unknown> {
    return { event: 'echo', data };
  }

  @SubscribeMessage('cycle')
  cycle(): object {
    const cycle = {};
    return Object.assign(cycle, { cycle });
  }

  @SubscribeMessage('generate')
  async *generate(@MessageBody() count: number): AsyncGenerator<number, void, undefined> {
    for (let n = 1; n <= count; n++) yield n;
    throw new Error('a secret');
  }

  @SubscribeMessage('huge')
  async *huge(): AsyncGenerator<number, void, undefined> {
    yield 1;
    throw new WsException({ status: 'error', message: 2n });
  }
}

const fail = (): never => {
  throw new Error('a secret');
};

/** Throws at whoever looks at it. */
const opaque = (): object => new Proxy({}, { get: fail, getPrototypeOf: fail });

/** Throws at who asks whether it is a stream. */
const unclear = (): object => Object.defineProperty({}, Symbol.asyncIterator, { get: fail });

const failing = (failure: Error): AsyncIterable<never> => ({
  [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(failure) }),
});

/** Gives what throws when it is looked at. */
@WebSocketGateway()
class OpaqueGateway {
  @SubscribeMessage('value')
  value(): object {
    return unclear();
  }

  @SubscribeMessage('promised')
  async promised(): Promise<object> {
    return unclear();
  }

  @SubscribeMessage('item')
  item(): Observable<object> {
    return of(unclear());
  }

  @SubscribeMessage('failure')
  failure(): AsyncIterable<never> {
    return failing(opaque() as Error);
  }

  @SubscribeMessage('exception')
  exception(): AsyncIterable<never> {
    return failing(Object.assign(new WsException('known'), { getError: fail }));
  }

  /** As the cursors of database drivers have it. */
  @SubscribeMessage('cursor')
  cursor(): AsyncIterable<number> {
    return {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
      destroy: () => Promise.reject(new Error('teardown')),
    } as AsyncIterable<number>;
  }

  @SubscribeMessage('fence')
  fence(): WsResponse<string> {
    return { event: 'fence', data: 'fence' };
  }
}

/** Gives a stream of Node's, at once or when the test says so. */
@WebSocketGateway({ maxStreamsInFlight: 1 })
class FileGateway {
  static file: Readable;
  static ready: Promise<void>;

  @SubscribeMessage('endless')
  endless(): Observable<number> {
    return new Observable();
  }

  @SubscribeMessage('file')
  async file(): Promise<Readable> {
    await FileGateway.ready;
    return FileGateway.file;
  }
}

describe('strictMessages', () => {
  const bad = { status: 'error', message: 'Bad message', code: 'BAD_MESSAGE' };
  const unknown = { status: 'error', message: 'Unknown event', code: 'UNKNOWN_TYPE' };

  it.each([
    ['bad JSON', '{', bad],
    ['no object', '[1]', bad],
    ['no event', '{"data":1}', bad],
    ['an unknown event', '{"event":"secret"}', unknown],
    ['an inherited name', '{"event":"constructor"}', unknown],
  ])('answers %s', async (_name, text, data) => {
    const peer = await connectEvents(await serve(EchoGateway, { strictMessages: true }));
    peer.say(text);
    expect(await peer.next()).toEqual({ event: 'exception', data });
  });

  it('answers too many values, which are not parsed', async () => {
    const options = { strictMessages: true, maxValues: 10 };
    const peer = await connectEvents(await serve(EchoGateway, options));
    const ten = Array.from({ length: 10 }, () => 0);
    peer.say(`{"event":"echo","data":[${'0,'.repeat(10)}no JSON`);
    peer.say(Buffer.from(JSON.stringify({ event: 'echo', data: [...ten, 0] })));
    peer.say({ event: 'echo', data: ten });
    const data = { status: 'error', message: 'Too many values', code: 'BAD_MESSAGE' };
    expect([await peer.next(), await peer.next(), await peer.next()]).toEqual([
      { event: 'exception', data },
      { event: 'exception', data },
      { event: 'echo', data: ten },
    ]);
  });

  it('is one gateway’s where it says so', async () => {
    @WebSocketGateway({ strictMessages: true })
    class StrictGateway {}
    const peer = await connectEvents(await serve(StrictGateway));
    peer.say('?');
    expect(await peer.next()).toEqual({ event: 'exception', data: bad });
  });
});

describe('messageParser', () => {
  it('reads instead of JSON.parse', async () => {
    const messageParser: WsgateAdapterOptions['messageParser'] = (data) => {
      const [event, text] = data.toString().split(':');
      return event === 'drop' ? undefined : { event, data: text };
    };
    const peer = await connectEvents(
      await serve(EchoGateway, { messageParser, strictMessages: true }),
    );
    peer.say('drop:it');
    peer.say('echo:it');
    expect(await peer.hear(1)).toEqual(['{"event":"echo","data":"it"}']);
  });

  it.each([
    ['side by side', '[1,2,3,4,5,6,7,8,9,0]', '[1,2,3,4,5,6,7,8,9,0,1]'],
    ['inside of each other', '[[[[[[[[[[0]]]]]]]]]]', '[[[[[[[[[[[0]]]]]]]]]]]'],
  ])('may give as many values as there may be, %s', async (_how, most, tooMany) => {
    const messageParser = (data: string | Buffer): { event: string; data: unknown } => ({
      event: 'echo',
      data: JSON.parse(data.toString()) as unknown,
    });
    const options = { messageParser, strictMessages: true, maxValues: 10 };
    const peer = await connectEvents(await serve(EchoGateway, options));
    peer.say(tooMany);
    expect(await peer.next()).toMatchObject({ data: { message: 'Too many values' } });
    peer.say(most);
    expect(await peer.next()).toEqual({ event: 'echo', data: JSON.parse(most) });
  });

  it('may throw', async () => {
    const messageParser = (): never => {
      throw new Error('a mistake');
    };
    const peer = await connectEvents(
      await serve(EchoGateway, { messageParser, strictMessages: true }),
    );
    peer.say('echo:it');
    expect(await peer.next()).toMatchObject({ data: { code: 'BAD_MESSAGE' } });
  });
});

/** Gives items that are not sent, without a pause. */
@WebSocketGateway()
class TirelessGateway {
  static readonly ITEMS = 500_000;
  static given = 0;
  static readonly started = deferred();

  @SubscribeMessage('nothing')
  async *nothing(): AsyncGenerator<undefined, void, undefined> {
    TirelessGateway.started.resolve();
    while (TirelessGateway.given++ < TirelessGateway.ITEMS) yield undefined;
  }

  /** Its iterator gives what is no step. */
  @SubscribeMessage('no step')
  noStep(): AsyncIterable<unknown> {
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          TirelessGateway.given += 1;
          return Promise.resolve(5 as never);
        },
      }),
    };
  }

  @SubscribeMessage('given')
  given(): number {
    return TirelessGateway.given;
  }
}

describe('results', () => {
  it('of an iterator that gives no steps are an exception, and it is asked once', async () => {
    const peer = await connectEvents(await serve(TirelessGateway));
    TirelessGateway.given = 0;
    peer.say({ event: 'no step' });
    expect(await peer.next()).toMatchObject({ event: 'exception' });
    peer.say({ event: 'given' });
    expect(await peer.next()).toBe(1);
    TirelessGateway.given = 0;
  });

  it('of a source that never pauses let others have their turn', async () => {
    const peer = await connectEvents(await serve(TirelessGateway));
    peer.say({ event: 'nothing' });
    await TirelessGateway.started.promise;
    peer.say({ event: 'given' });
    expect(await peer.next()).toBeLessThan(TirelessGateway.ITEMS);
    peer.socket.terminate();
    await peer.closed();
  });

  it('that cannot be written are an exception, and the process lives', async () => {
    const peer = await connectEvents(await serve(EchoGateway));
    peer.say({ event: 'cycle' });
    peer.say({ event: 'echo', data: 1 });
    expect(await peer.hear(2)).toEqual([
      '{"event":"exception","data":{"status":"error","message":"Internal server error"}}',
      '{"event":"echo","data":1}',
    ]);
  });

  it('of a generator are sent one by one, and its failure keeps its secret', async () => {
    const peer = await connectEvents(await serve(EchoGateway));
    peer.say({ event: 'generate', data: 2 });
    expect(await peer.hear(3)).toEqual([
      '1',
      '2',
      '{"event":"exception","data":{"status":"error","message":"Internal server error"}}',
    ]);
  });

  it('of a generator that fails with what has no JSON are an exception all the same', async () => {
    const peer = await connectEvents(await serve(EchoGateway));
    peer.say({ event: 'huge' });
    expect(await peer.hear(2)).toEqual([
      '1',
      '{"event":"exception","data":{"status":"error","message":"Internal server error"}}',
    ]);
  });

  it.each(['value', 'promised', 'item', 'failure', 'exception'])(
    'that throw when they are looked at are an exception, and the process lives: %s',
    async (event) => {
      const peer = await connectEvents(await serve(OpaqueGateway));
      peer.say({ event });
      expect(await peer.hear(1)).toEqual([
        '{"event":"exception","data":{"status":"error","message":"Internal server error"}}',
      ]);
    },
  );

  it('whose destroy rejects harm nobody', async () => {
    const unhandled = vi.fn<(error: unknown) => void>();
    process.on('unhandledRejection', unhandled);
    onTestFinished(() => void process.off('unhandledRejection', unhandled));
    const url = await serve(OpaqueGateway);
    const peer = await connectEvents(url);
    peer.say({ event: 'cursor' });
    peer.say({ event: 'fence' });
    await peer.next();
    await peer.close();
    const other = await connectEvents(url);
    other.say({ event: 'fence' });
    await other.next();
    expect(unhandled).not.toHaveBeenCalled();
  });

  it('that are streams are destroyed where there is no place for them', async () => {
    FileGateway.file = new Readable({ read: () => undefined });
    FileGateway.ready = Promise.resolve();
    const destroyed = once(FileGateway.file, 'close');
    const peer = await connectEvents(await serve(FileGateway));
    peer.say({ event: 'endless' });
    peer.say({ event: 'file' });
    expect(await peer.next()).toMatchObject({ data: { code: 'OVERFLOW' } });
    await destroyed;
  });

  it('that are streams are destroyed where the client has gone', async () => {
    let finish = (): void => undefined;
    FileGateway.file = new Readable({ read: () => undefined });
    FileGateway.ready = new Promise((resolve) => (finish = resolve));
    const destroyed = once(FileGateway.file, 'close');
    const peer = await connectEvents(await serve(FileGateway));
    peer.say({ event: 'file' });
    await peer.close();
    finish();
    await destroyed;
  });

  it('of an Observable stop with the connection', async () => {
    const journal = new Journal();
    @WebSocketGateway()
    class EndlessGateway {
      @SubscribeMessage('watch')
      watch(): Observable<number> {
        return new Observable((subscriber) => {
          subscriber.next(1);
          return () => journal.note('let go');
        });
      }
    }
    const peer = await connectEvents(await serve(EndlessGateway));
    peer.say({ event: 'watch' });
    await peer.hear(1);
    await peer.close();
    expect(await journal.read(1)).toEqual(['let go']);
  });
});

describe('the teardown of an Observable', () => {
  /** A gateway of Observables that throw when they are let go of. */
  function createBrittle(journal: Journal): new () => object {
    @WebSocketGateway()
    class BrittleGateway {
      private watched: Subscriber<string> | undefined;

      @SubscribeMessage('watch')
      watch(@MessageBody() name: string): Observable<string> {
        return new Observable((subscriber) => {
          this.watched = subscriber;
          subscriber.next(name);
          return () => {
            journal.note(`let go of ${name}`);
            throw new Error(`the teardown of ${name}`);
          };
        });
      }

      @SubscribeMessage('complete')
      complete(): string {
        this.watched?.complete();
        return 'went on';
      }
    }
    return BrittleGateway;
  }

  /** The first line of everything that is logged as an error. */
  function listen(): () => readonly string[] {
    const error = vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    onTestFinished(() => error.mockRestore());
    return () => error.mock.calls.map(([line]) => String(line).split('\n')[0] ?? '');
  }

  it('may throw when the connection closes: the others are let go of, and others served', async () => {
    const logged = listen();
    const journal = new Journal();
    const url = await serve(createBrittle(journal));
    const [peer, other] = [await connectEvents(url), await connectEvents(url)];
    for (const data of ['a', 'b']) peer.say({ event: 'watch', data });
    await peer.hear(2);
    await peer.close();
    expect(await journal.read(2)).toEqual(['let go of a', 'let go of b']);
    other.say({ event: 'complete' });
    expect(await other.hear(1)).toEqual(['"went on"']);
    expect(logged()).toEqual(
      Array.from({ length: 2 }, () =>
        expect.stringMatching(/^the end of a stream failed on connection/),
      ),
    );
  });

  it('may throw when the stream completes, and whoever completes it learns nothing of it', async () => {
    const logged = listen();
    const journal = new Journal();
    const peer = await connectEvents(await serve(createBrittle(journal)));
    peer.say({ event: 'watch', data: 'a' });
    expect(await peer.hear(1)).toEqual(['"a"']);
    peer.say({ event: 'complete' });
    expect(await peer.hear(1)).toEqual(['"went on"']);
    expect(await journal.read(1)).toEqual(['let go of a']);
    expect(logged()).toEqual([expect.stringMatching(/^the end of a stream failed on connection/)]);
  });
});

describe('awaitConnection', () => {
  /** A gateway whose hook waits for `release`, and notes what happens when. */
  function createWaiting(journal: Journal, released: Promise<void>): new () => object {
    @WebSocketGateway()
    class WaitingGateway {
      async handleConnection(client: WebSocket, _request: IncomingMessage): Promise<void> {
        client.on('message', () => journal.note('native'));
        await released;
        journal.note('connected');
      }

      @SubscribeMessage('hello')
      hello(): void {
        journal.note('message');
      }
    }
    return WaitingGateway;
  }

  it.each([
    [true, ['native', 'connected', 'message']],
    [false, ['native', 'message', 'connected']],
  ])('%s decides whether messages come first', async (awaitConnection, expected) => {
    const journal = new Journal();
    const released = deferred();
    const url = await serve(createWaiting(journal, released.promise), { awaitConnection });
    const peer = await connectEvents(url);
    peer.say({ event: 'hello' });
    const lines = await journal.read(awaitConnection ? 1 : 2);
    released.resolve();
    lines.push(...(await journal.read(3 - lines.length)));
    expect(lines).toEqual(expected);
  });

  it('ends with openTimeout', async () => {
    const journal = new Journal();
    const gateway = createWaiting(journal, new Promise(() => undefined));
    const url = await serve(gateway, { awaitConnection: true, openTimeout: 20 });
    const peer = await connectEvents(url);
    peer.say({ event: 'hello' });
    expect(await peer.closed()).toBe(1011);
    expect(await journal.read(1)).toEqual(['native']);
  });

  it.each<[readonly string[]]>([[[]], [['wsgate.v1']]])(
    'keeps no message from its answer when the application closes: %j',
    async (protocols) => {
      const journal = new Journal();
      const released = deferred();
      @WebSocketGateway()
      class HeldGateway {
        async handleConnection(client: WebSocket): Promise<void> {
          client.on('message', () => journal.note('received'));
          await released.promise;
        }

        @SubscribeMessage('hello')
        hello(): string {
          return 'answered';
        }
      }
      const peer = await connectEvents(await serve(HeldGateway, { awaitConnection: true }), {
        protocols,
      });
      const hello = { event: 'hello', type: 'hello' };
      peer.sayAtOnce([
        { ...hello, id: 1 },
        { ...hello, id: 2 },
      ]);
      await journal.read(2);
      const closed = adapted?.app.close();
      // Were they not waited for, it would have closed by now.
      await new Promise((resolve) => setImmediate(resolve));
      released.resolve();
      expect(await peer.closed()).toBe(1001);
      await closed;
      const answers = peer.rest().filter((text) => text.includes('answered'));
      expect(answers).toHaveLength(2);
    },
  );

  it('answers as many as wait, whatever may be in flight', async () => {
    const released = deferred();
    @WebSocketGateway()
    class HeldGateway {
      async handleConnection(): Promise<void> {
        await released.promise;
      }

      @SubscribeMessage('hello')
      async hello(): Promise<string> {
        return 'answered';
      }
    }
    const options = { awaitConnection: true, maxCallsInFlight: 1 };
    const peer = await connectEvents(await serve(HeldGateway, options));
    peer.sayAtOnce([{ event: 'hello' }, { event: 'hello' }]);
    released.resolve();
    await peer.hear(2);
    peer.say({ event: 'hello' });
    expect(await peer.hear(1)).toEqual(['"answered"']);
  });
});
