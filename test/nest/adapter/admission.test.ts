import { Logger } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway, WebSocketServer } from '@nestjs/websockets';
import { NEVER, type Observable } from 'rxjs';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { WebSocket, WebSocketServer as Server } from 'ws';
import {
  AllowOrigins,
  InvalidUse,
  UseHandshakeGuards,
  WsgateAdapter,
  type WsgateAdapterOptions,
} from '../../../lib/index.js';
import { resolvePathOptions } from '../../../lib/nest/adapter/adapter-options.js';
import { type AdaptedApp, serveAdapted } from './support/adapted-app.js';
import { connectEvents, openPeer } from './support/event-peer.js';

let adapted: AdaptedApp | undefined;

async function serve(
  gateways: readonly (new () => object)[],
  options?: WsgateAdapterOptions,
): Promise<string> {
  adapted = await serveAdapted({ providers: [...gateways], options });
  return adapted.url;
}

afterEach(async () => {
  await adapted?.app.close();
  adapted = undefined;
});

@WebSocketGateway()
class PlainGateway {
  @WebSocketServer()
  server!: Server;

  @SubscribeMessage('flood')
  flood(): void {
    const text = JSON.stringify({ event: 'flood', data: 'x'.repeat(64 * 1024) });
    for (const client of this.server.clients) {
      for (let n = 0; n < 1000 && client.readyState === client.OPEN; n++) client.send(text);
    }
  }

  @SubscribeMessage('never')
  never(): Observable<never> {
    return NEVER;
  }

  @SubscribeMessage('fence')
  fence(): string {
    return 'fence';
  }
}

const MIB = 1024 * 1024;
const EVIL = { headers: { origin: 'https://evil.example' } };

describe('the Origin of a page', () => {
  it.each<[string, WsgateAdapterOptions, Record<string, string>, boolean]>([
    ['is its own by default', {}, { origin: 'SELF' }, true],
    ['may be missing by default', {}, {}, true],
    ['must be there when asked for', { allowMissingOrigin: false }, {}, false],
    ['is refused elsewhere', {}, EVIL.headers, false],
    ['is refused as null', {}, { origin: 'null' }, false],
    ['may be named', { origin: ['https://evil.example'] }, EVIL.headers, true],
    ['may be any', { origin: '*' }, EVIL.headers, true],
  ])('%s', async (_name, options, headers, isAllowed) => {
    const url = await serve([PlainGateway], options);
    const own = { origin: url.replace('ws:', 'http:') };
    const answer = await openPeer(url, { headers: headers['origin'] === 'SELF' ? own : headers });
    expect(typeof answer === 'number' ? answer : 101).toBe(isAllowed ? 101 : 403);
  });

  it('is a gateway’s own matter where it says so', async () => {
    @WebSocketGateway({ path: '/public', origin: '*' })
    class PublicGateway {}
    const url = await serve([PlainGateway, PublicGateway]);
    expect(await openPeer(url, EVIL)).toBe(403);
    await (await connectEvents(`${url}/public`, EVIL)).close();
  });
});

describe('decorators of @WsGateway that would do nothing', () => {
  it.each<[string, ClassDecorator, RegExp]>([
    [
      '@UseHandshakeGuards',
      UseHandshakeGuards({ canActivate: () => true }),
      /^ChatGateway: @UseHandshakeGuards does not run on a @WebSocketGateway; use verifyClient/,
    ],
    [
      '@AllowOrigins',
      AllowOrigins('https://app.example.com'),
      /^ChatGateway: @AllowOrigins is not read on a @WebSocketGateway; use the adapter's option/,
    ],
  ])('keep the application from starting: %s', async (_name, decorate, message) => {
    @decorate
    @WebSocketGateway({ path: '/chat' })
    class ChatGateway {}
    await expect(serve([PlainGateway, ChatGateway])).rejects.toThrow(message);
  });
});

describe('limits', () => {
  it('refuse messages over maxPayload', async () => {
    const peer = await connectEvents(await serve([PlainGateway]));
    peer.say('x'.repeat(1024 * 1024 + 1));
    expect(await peer.closed()).toBe(1009);
  });

  it.each([
    [{ maxConnections: 1 }, 503],
    [{ maxConnectionsPerIp: 1 }, 429],
  ])('refuse connections: %o', async (options, status) => {
    const url = await serve([PlainGateway], options);
    const first = await connectEvents(url);
    expect(await openPeer(url)).toBe(status);
    first.say({ event: 'fence' });
    expect(await first.hear(1)).toEqual(['"fence"']);
  });

  it('refuse upgrades while memory is short', async () => {
    // The greatest holder would be closed after a second, and there would be room again.
    vi.useFakeTimers({ toFake: ['setInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const started: (() => void)[] = [];
    let onStart = (): void => undefined;
    @WebSocketGateway()
    class HoardingGateway {
      @SubscribeMessage('keep')
      keep(): Promise<void> {
        return new Promise((resolve) => {
          started.push(resolve);
          onStart();
        });
      }
    }
    const url = await serve([HoardingGateway], { memoryCeiling: 1024 * 1024 });
    const kept = (count: number): Promise<void> =>
      new Promise((resolve) => {
        onStart = () => started.length === count && resolve();
        onStart();
      });
    const keep = { event: 'keep', data: 'x'.repeat(30 * 1024) };
    const [greatest, other] = [await connectEvents(url), await connectEvents(url)];
    for (let n = 0; n < 21; n++) greatest.say(keep);
    // Short of where reading would pause, whatever a message costs while it arrives.
    await kept(21);
    for (let n = 0; n < 9; n++) other.say(keep);
    await kept(30);
    expect(await openPeer(url)).toBe(503);
    for (const finish of started) finish();
    expect(await openPeer(url)).not.toBe(503);
  });

  it('close a client that does not read', async () => {
    const url = await serve([PlainGateway], { maxBufferedAmount: 1024 * 1024 });
    const [slow, other] = [await connectEvents(url), await connectEvents(url)];
    slow.say({ event: 'flood' });
    slow.socket.pause();
    expect(await other.closed()).toBe(1013);
    slow.socket.resume();
    expect(await slow.closed()).toBe(1013);
  });

  it.each([
    { answers: 1, of: 64 * MIB },
    { answers: 64, of: MIB },
  ])('end a client that never reads, however late streams pause: %o', async ({ answers, of }) => {
    let onGone = (): void => undefined;
    const gone = new Promise<void>((resolve) => (onGone = resolve));
    const started: (() => void)[] = [];
    @WebSocketGateway()
    class LongAnswersGateway {
      @SubscribeMessage('long')
      async long(): Promise<string> {
        // All at once, after the last of the messages: later ones would look at what waits, too.
        await new Promise<void>((resolve) => {
          started.push(resolve);
          if (started.length === answers) for (const answer of started) answer();
        });
        return 'x'.repeat(of);
      }
      handleDisconnect(): void {
        onGone();
      }
    }
    const marks = { highWaterMark: 1024 * MIB, maxBufferedAmount: 1024 * MIB };
    const options = { ...marks, stallTimeout: 100, closeTimeout: 100 };
    const peer = await connectEvents(await serve([LongAnswersGateway], options));
    peer.socket.pause();
    // More than the kernel keeps.
    for (let n = 0; n < answers; n++) peer.say({ event: 'long' });
    await gone;
    peer.socket.terminate();
  });

  it('do not count what a handler sends at once to a client that reads', async () => {
    @WebSocketGateway()
    class BurstGateway {
      @SubscribeMessage('burst')
      burst(client: WebSocket): void {
        for (let n = 0; n < 64; n++) client.send('x'.repeat(4096));
      }
    }
    const url = await serve([BurstGateway], { maxBufferedAmount: 64 * 1024 });
    const peer = await connectEvents(url);
    peer.say({ event: 'burst' });
    const heard = await peer.hear(64);
    expect(heard.every((text) => text.length === 4096)).toBe(true);
  });

  it('hold for streams', async () => {
    const peer = await connectEvents(await serve([PlainGateway], { maxStreamsInFlight: 2 }));
    for (let n = 0; n < 3; n++) peer.say({ event: 'never' });
    expect(await peer.next()).toMatchObject({ event: 'exception', data: { code: 'OVERFLOW' } });
    peer.say({ event: 'fence' });
    expect(await peer.hear(1)).toEqual(['"fence"']);
  });

  it.each<[WsgateAdapterOptions, string]>([
    [{ maxCallsInFlight: 2 }, ''],
    [{ maxCallBytes: 64 * 1024 }, 'x'.repeat(40 * 1024)],
  ])('hold for messages in flight: what is beyond waits: %o', async (options, data) => {
    const started: (() => void)[] = [];
    let onStart = (): void => undefined;
    @WebSocketGateway()
    class BusyGateway {
      @SubscribeMessage('work')
      async work(): Promise<string> {
        await new Promise<void>((resolve) => {
          started.push(resolve);
          onStart();
        });
        return 'done';
      }
    }
    const peer = await connectEvents(await serve([BusyGateway], options));
    const reach = (count: number): Promise<void> =>
      new Promise((resolve) => {
        onStart = () => started.length === count && resolve();
        onStart();
      });
    peer.sayAtOnce([1, 2, 3].map(() => ({ event: 'work', data })));
    await reach(2);
    // All three arrived together: by now the third would have been handled too.
    await new Promise((resolve) => setImmediate(resolve));
    expect(started).toHaveLength(2);
    started[0]?.();
    expect(await peer.hear(1)).toEqual(['"done"']);
    await reach(3);
    for (const finish of started) finish();
    expect(await peer.hear(2)).toEqual(['"done"', '"done"']);
  });

  it('end connections that are silent', async () => {
    const url = await serve([PlainGateway], { heartbeatInterval: 20 });
    const peer = await connectEvents(url, { autoPong: false });
    expect(await peer.closed()).toBe(1006);
  });

  it.each<[string, WsgateAdapterOptions, string]>([
    ['an origin that is none', { origin: ['example.com/path'] }, 'is not an origin'],
    [
      'no room at all',
      { maxBufferedAmount: 0 },
      'maxBufferedAmount: 0 given; expected bytes above 0',
    ],
  ])('are checked at once: %s', (_name, options, message) => {
    expect(() => new WsgateAdapter(undefined, options)).toThrow(message);
  });

  it.each<[object, string]>([
    [{ unknown: 1 }, 'WsgateAdapter: unknown option "unknown"'],
    [{ maxPayLoad: 1 }, 'WsgateAdapter: unknown option "maxPayLoad"; did you mean "maxPayload"?'],
    [{ timeout: 1 }, 'WsgateAdapter: unknown option "timeout"'],
    [{ path: '/chat' }, 'WsgateAdapter: unknown option "path"'],
    [
      { strictMessages: 'yes' },
      'WsgateAdapter: strictMessages: "yes" given; expected true or false',
    ],
    [{ awaitConnection: 1 }, 'WsgateAdapter: awaitConnection: 1 given; expected true or false'],
    [
      { maxBufferedAmount: '1' },
      'WsgateAdapter: maxBufferedAmount: "1" given; expected bytes above 0',
    ],
    [{ maxPayload: '1mb' }, 'WsgateAdapter: maxPayload: "1mb" given; expected an integer'],
    [{ maxConnections: '5' }, 'WsgateAdapter: maxConnections: "5" given; expected connections'],
    [{ memoryCeiling: -1 }, 'WsgateAdapter: memoryCeiling: -1 given; expected bytes from 0'],
    [{ messageParser: 'json' }, 'WsgateAdapter: messageParser: "json" given; expected a function'],
    [{ host: 1 }, "WsgateAdapter: host: 1 given; expected an address: '127.0.0.1'"],
    [{ fastLane: 'no' }, 'WsgateAdapter: fastLane: "no" given; expected true or false'],
  ])('of the adapter are known by name and kind: %o', (options, message) => {
    const construct = (): unknown => new WsgateAdapter(undefined, options);
    expect(construct).toThrow(InvalidUse);
    expect(construct).toThrow(message);
  });

  it.each<[object, string]>([
    [{ strictMessages: 'yes' }, 'strictMessages: "yes" given; expected true or false'],
    [{ maxBufferedAmount: -1 }, 'maxBufferedAmount: -1 given; expected bytes above 0'],
    [{ openTimeout: '1s' }, 'openTimeout: "1s" given; expected milliseconds from 0'],
  ])('of a gateway are known by kind: %o', async (options, message) => {
    @WebSocketGateway({ path: '/chat', ...options })
    class MistakenGateway {}
    await expect(serve([MistakenGateway])).rejects.toThrow(
      `@WebSocketGateway at /chat: ${message}`,
    );
  });

  it('of other adapters do nothing in a gateway, and those it meant are named', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const warnOfEngine = vi.spyOn(process, 'emitWarning');
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    @WebSocketGateway({
      path: '/chat',
      transports: ['websocket'],
      pingInterval: 25_000,
      maxHttpBufferSize: 1e6,
      allowEIO3: true,
      port: 'any',
      skipUTF8Validation: true,
      backlog: null,
      host: undefined,
      maxPayLoad: 1,
      maxConnectionsPerIp: 5,
    })
    class ForeignGateway {
      @SubscribeMessage('fence')
      fence(): string {
        return 'fence';
      }
    }
    const peer = await connectEvents(`${await serve([ForeignGateway])}/chat`);
    peer.say({ event: 'fence' });
    expect(await peer.hear(1)).toEqual(['"fence"']);
    expect(warn.mock.calls.map(([line]) => String(line))).toEqual([
      '/chat: unknown option "maxPayLoad"; did you mean "maxPayload"?',
      '/chat: `maxConnectionsPerIp` holds for all gateways together: give it to the WsgateAdapter',
    ]);
    expect(warnOfEngine).not.toHaveBeenCalled();
  });

  it('of @WsGateway that these gateways do not have do nothing, whatever the types say', () => {
    const push = { policy: 'drop', highWaterMark: 1 };
    const foreign: object = { timeout: 1, idleTimeout: 1, push, recheck: { interval: 1 } };
    expect(resolvePathOptions(foreign)).toEqual(resolvePathOptions());
  });
});
