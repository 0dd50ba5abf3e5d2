import { Injectable, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import {
  InvalidUse,
  WsGateway,
  type WsGatewayMetadata,
  WsHandler,
  WsModule,
  type WsModuleOptions,
} from '../../lib/index.js';
import { planEndpoints } from '../../lib/nest/gateway/plan-endpoints.js';
import { resolveWsOptions, WS_DEFAULTS } from '../../lib/nest/options/resolve-ws-options.js';
import { createApp } from './support/gateway-app.js';

/** What configuration may hold: an environment variable, a typing error, a habit from elsewhere. */
type Given = Readonly<Record<string, unknown>>;

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidUse);
    return (error as Error).message;
  }
  return 'nothing thrown';
}

const ONE_ORIGIN = 'https://app.example.com';
const POLICY = "expected 'same-origin', '*' or a list: ['https://app.example.com']";
const PROXIES = 'expected true, false, or how many proxies of yours each request comes through';
const FROM_1 = 'expected a number from 1 up';
const RATE = 'expected a number from 0 (any) up, or an object with perSecond, burst';

const WRONG: readonly (readonly [Given, string])[] = [
  [{ maxPayLoad: 1 }, 'unknown option "maxPayLoad"; did you mean "maxPayload"?'],
  [{ heartbeat: 1 }, 'unknown option "heartbeat"'],
  [{ cors: true }, 'unknown option "cors"; did you mean "origin"?'],
  [{ isGlobal: true }, 'unknown option "isGlobal"'],
  [{ toString: 1 }, 'unknown option "toString"'],
  [{ timeout: 'abc' }, 'timeout: "abc" given; expected milliseconds from 0 (none) to 2147483647'],
  [{ timeout: -1 }, 'timeout: -1 given; expected milliseconds from 0 (none) to 2147483647'],
  [
    { timeout: Infinity },
    'timeout: Infinity given; expected milliseconds from 0 (none) to 2147483647',
  ],
  [{ timeout: null }, 'timeout: null given; expected milliseconds from 0 (none) to 2147483647'],
  [{ handshakeTimeout: '10s' }, 'handshakeTimeout: "10s" given'],
  [
    { drainTimeout: '1' },
    'drainTimeout: "1" given; expected milliseconds from 0 (at once) to 2147483647',
  ],
  [{ maxCallsInFlight: 'abc' }, `maxCallsInFlight: "abc" given; ${FROM_1}`],
  [{ maxCallsInFlight: 0 }, `maxCallsInFlight: 0 given; ${FROM_1}`],
  [{ maxPayload: '1mb' }, 'maxPayload: "1mb" given; expected an integer from 0 (off) up'],
  [{ maxPayload: 0.5 }, 'maxPayload: 0.5 given; expected an integer from 0 (off) up'],
  [{ highWaterMark: 0 }, `highWaterMark: 0 given; ${FROM_1}`],
  [
    { globalGuards: 'handshakes' },
    `globalGuards: "handshakes" given; expected 'both', 'handshake' or 'message'`,
  ],
  [{ allowMissingOrigin: 'false' }, 'allowMissingOrigin: "false" given; expected true or false'],
  [{ trustProxy: 'true' }, `trustProxy: "true" given; ${PROXIES}`],
  [{ trustProxy: 'loopback' }, `trustProxy: "loopback" given; ${PROXIES}`],
  [{ trustProxy: '1' }, `trustProxy: "1" given; ${PROXIES}`],
  [{ trustProxy: Number.NaN }, `trustProxy: NaN given; ${PROXIES}`],
  [{ trustProxy: 1.5 }, `trustProxy: 1.5 given; ${PROXIES}`],
  [{ origin: ONE_ORIGIN }, `origin: "${ONE_ORIGIN}" given; ${POLICY}`],
  [{ origin: 'example.com' }, `origin: "example.com" given; ${POLICY}`],
  [{ origin: true }, `origin: true given; ${POLICY}`],
  [
    { origin: [/example/] },
    'origin: /example/ is not an origin; expected "https://app.example.com"',
  ],
  [{ origin: [undefined] }, 'origin: undefined is not an origin; expected "https://app'],
  [
    { origin: ['wss://app.example.com'] },
    'origin: "wss://app.example.com" is not an origin; expected "https://app.example.com"',
  ],
  [
    { origin: ['ws://localhost:5173'] },
    'origin: "ws://localhost:5173" is not an origin; expected "http://localhost:5173"',
  ],
  [{ messageRate: '20' }, `messageRate: "20" given; ${RATE}, excess`],
  [{ messageRate: { perSecond: 1, excess: 'drop' } }, 'messageRate.excess: "drop" given'],
  [{ messageRate: {} }, 'messageRate: undefined per second given'],
  [{ controlFrameRate: '100' }, `controlFrameRate: "100" given; ${RATE}`],
  [{ recheck: 60_000 }, 'recheck: 60000 given; expected an object with every, on, sameUser'],
  [{ recheck: { ever: 1 } }, 'recheck: unknown option "ever"; did you mean "every"?'],
  [{ push: 'latest' }, 'push: "latest" given; expected an object with policy'],
  [
    { push: { policy: 'lateset' } },
    `push.policy: "lateset" given; expected 'close', 'drop' or 'latest'`,
  ],
  [{ push: { highWaterMark: Number.NaN } }, `push.highWaterMark: NaN given; ${FROM_1}`],
  [{ push: { highWaterMark: -1 } }, `push.highWaterMark: -1 given; ${FROM_1}`],
  [{ push: { highWaterMark: 0 } }, `push.highWaterMark: 0 given; ${FROM_1}`],
  [{ push: { maxHeld: '1' } }, 'push.maxHeld: "1" given; expected a number from 0 up'],
  [{ stream: { overflow: 'drop-oldest' } }, 'stream.overflow: "drop-oldest" given; expected'],
  [{ stream: { buffer: -1 } }, 'stream.buffer: -1 given; expected a number from 0 up'],
  [{ perMessageDeflate: 'true' }, 'perMessageDeflate: "true" given; expected true, false or'],
  [
    { perMessageDeflate: { treshold: 1 } },
    'perMessageDeflate: unknown option "treshold"; did you mean "threshold"?',
  ],
  [
    { perMessageDeflate: { serverMaxWindowBits: 16 } },
    'perMessageDeflate.serverMaxWindowBits: 16 given; expected an integer, 8 to 15',
  ],
  [
    { perMessageDeflate: { serverNoContextTakeover: 1 } },
    'perMessageDeflate.serverNoContextTakeover: 1 given; expected true or false',
  ],
  [
    { perMessageDeflate: { threshold: '1kb' } },
    'perMessageDeflate.threshold: "1kb" given; expected bytes from 0 up',
  ],
  [
    { perMessageDeflate: { zlibDeflateOptions: { level: 10 } } },
    'perMessageDeflate.zlibDeflateOptions.level: 10 given; expected an integer, -1 to 9',
  ],
  [{ perMessageDeflate: { zlibDeflateOptions: 9 } }, 'perMessageDeflate.zlibDeflateOptions: 9'],
  [{ protocols: 'chat' }, 'protocols: "chat" given; expected a list of subprotocols'],
  [{ protocols: ['chat v1'] }, "protocols: [ 'chat v1' ] given; expected a list of subprotocols"],
  [{ codec: 'json' }, 'codec: "json" given; expected an object with decode and encode'],
  [
    { codec: { encode: () => '', protocol: 'p' } },
    'codec: { encode, protocol } given, which has no method decode; expected an object with decode',
  ],
  [
    { codec: { decode: async () => 1, encode: () => '' } },
    'codec: { decode, encode } given, whose decode is async; expected',
  ],
  [
    { stream: { size: 1 } },
    'stream: unknown option "size"; there are overflow, buffer, bufferBytes',
  ],
  [
    { timeout: { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 } },
    'timeout: { a, b, c, d, e, f, ... } given',
  ],
];

describe('an option that cannot be used', () => {
  it.each(WRONG)('of the module is refused at start: %o', (given, message) => {
    const found = messageOf(() => planEndpoints([], given));
    expect(found).toMatch(/^WsModule: /);
    expect(found).toContain(message);
  });

  it.each([undefined, null, 'same-origin', []])(
    'is refused where a factory returns it: %o',
    async (given) => {
      const ours = WsModule.forRootAsync({ useFactory: () => given as unknown as WsModuleOptions });
      const module = await Test.createTestingModule({ imports: [ours] }).compile();
      const app = module.createNestApplication({ logger: false });
      const start = app.init();
      await expect(start).rejects.toThrow(InvalidUse);
      await expect(start).rejects.toThrow(/^WsModule: .* given; expected an object with options$/);
      await app.close();
    },
  );

  it.each<[unknown, string]>([
    [Promise.resolve({ timeout: 1 }), 'a promise given; it waits for none: use forRootAsync'],
    [() => ({ timeout: 1 }), '[Function (anonymous)] given; expected an object with options'],
    [[], '[] given; expected an object with options'],
    [null, 'null given; expected an object with options'],
    ['/ws', '"/ws" given; expected an object with options'],
  ])('is refused by forRoot, which Nest would take none from: %o', (given, message) => {
    expect(messageOf(() => WsModule.forRoot(given as never))).toBe(`WsModule.forRoot: ${message}`);
  });

  it.each<[unknown, string]>([
    [
      undefined,
      'undefined given; expected { useFactory, inject }, { useClass } or { useExisting }',
    ],
    [{}, '{} given; expected { useFactory, inject }'],
    [{ imports: [], useValue: {} }, '{ imports, useValue } given; expected { useFactory'],
    [{ useClass: undefined }, '{ useClass } given; expected { useFactory'],
    [
      { useFactory: { path: '/x' } },
      'useFactory: { path } given; expected a function that returns',
    ],
  ])('says nothing of how they are made: %o', (given, message) => {
    expect(messageOf(() => WsModule.forRootAsync(given as never))).toContain(
      `WsModule.forRootAsync: ${message}`,
    );
  });

  it.each([
    {
      useClass: class Options {
        create(): WsModuleOptions {
          return { path: '/made' };
        }
      },
    },
    {
      useClass: class Options {
        readonly #path = '/made';
        readonly create = async (): Promise<WsModuleOptions> => ({ path: this.#path });
      },
    },
    { useFactory: (): WsModuleOptions => ({ path: '/made' }) },
  ])('may be made by a class or a function: %o', async (ways) => {
    const module = await Test.createTestingModule({
      imports: [WsModule.forRootAsync(ways)],
    }).compile();
    const app = await module.createNestApplication({ logger: false }).init();
    await app.close();
  });

  it.each([
    { useClass: class Options {} },
    {
      useClass: class Options {
        createWsOptions = () => ({});
      },
    },
    {
      imports: [
        {
          module: class Settings {},
          providers: [{ provide: 'token', useValue: new (class Options {})() }],
          exports: ['token'],
        },
      ],
      useExisting: 'token',
    },
  ])('is refused where the class that makes them has no method create: %o', async (ways) => {
    const imports = [WsModule.forRootAsync(ways as never)];
    const compiled = Test.createTestingModule({ imports }).compile();
    await expect(compiled).rejects.toThrow(
      new InvalidUse(
        'WsModule.forRootAsync: Options has no method create that returns the options',
      ),
    );
  });

  it.each<[Given, string]>([
    [
      { maxConnections: '5' },
      'maxConnections: "5" given; expected connections from 0 (no limit) up',
    ],
    [{ maxConnectionsPerIp: -1 }, 'maxConnectionsPerIp: -1 given'],
    [{ maxUnauthenticated: 'x' }, 'maxUnauthenticated: "x" given'],
    [{ memoryCeiling: '1gb' }, 'memoryCeiling: "1gb" given; expected bytes from 0 (none) up'],
    [{ path: 7 }, "path: 7 given; expected a path: '/chat/:room'"],
  ])('of the whole server too: %o', (given, message) => {
    const found = messageOf(() => planEndpoints([], given));
    expect(found).toContain(`WsModule: ${message}`);
  });

  it('is refused with its name where it is needed before the others', async () => {
    const options = { memoryCeiling: '1gb' as unknown as number };
    await expect(createApp({ options })).rejects.toThrow(
      'WsModule: memoryCeiling: "1gb" given; expected bytes from 0 (none) up',
    );
  });

  it('may be one of ws that compression does not need here', async () => {
    const ofWs = { threshold: 10, concurrencyLimit: 10, zlibInflateOptions: { chunkSize: 1024 } };
    const app = await createApp({ options: { perMessageDeflate: ofWs } });
    await app.close();
  });

  it.each<[Given, string]>([
    [
      { timeout: 'abc' },
      'Chat: timeout: "abc" given; expected milliseconds from 0 (none) to 2147483647',
    ],
    [{ maxPayLoad: 1 }, 'Chat: unknown option "maxPayLoad"; did you mean "maxPayload"?'],
    [{ push: { policy: 'lateset' } }, 'Chat: push.policy: "lateset" given'],
    [{ maxConnections: 1 }, 'Chat: "maxConnections" holds for the whole application; expected in'],
    [{ namespace: 'chat' }, 'Chat: unknown option "namespace"; did you mean "path"?'],
  ])('of a gateway is refused with its name: %o', async (given, message) => {
    const providers = [gatewayWith(given)];
    await expect(createApp({ providers })).rejects.toThrow(message);
  });

  it.each<[Given, string]>([
    [{ order: 'sequential' }, `order: "sequential" given; expected 'concurrent' or 'serial'`],
    [{ timeout: '1s' }, 'timeout: "1s" given; expected milliseconds from 0 (none) to 2147483647'],
    [{ stream: { overflow: 'drop' } }, 'stream.overflow: "drop" given'],
    [{ timeOut: 5 }, 'unknown option "timeOut"; did you mean "timeout"?'],
  ])('of a handler is refused where it is declared: %o', (given, message) => {
    const found = messageOf(() => WsHandler('say', given));
    expect(found).toMatch(/^@WsHandler\('say'\): /);
    expect(found).toContain(message);
  });
});

describe('options', () => {
  it('may be said to be what they are by default', () => {
    expect(messageOf(() => planEndpoints([], { ...WS_DEFAULTS }))).toBe('nothing thrown');
  });

  it('given as undefined are not given', () => {
    const given = { timeout: undefined, push: { policy: undefined }, codec: undefined };
    expect(messageOf(() => planEndpoints([], given))).toBe('nothing thrown');
    expect(resolveWsOptions(given).push.policy).toBe('close');
  });

  it('of a path may stand among others, which other layers know', () => {
    const layer = { namespace: '/', cors: true, maxPayload: 5 };
    expect(resolveWsOptions(layer).maxPayload).toBe(5);
    expect(messageOf(() => resolveWsOptions({ ...layer, trustProxy: 'true' as never }))).toContain(
      'trustProxy: "true" given',
    );
  });

  it.each([0, 2, true, false])('may believe so many proxies: %s', (trustProxy) => {
    expect(resolveWsOptions({ trustProxy }).trustProxy).toBe(trustProxy);
  });
});

function gatewayWith(options: WsGatewayMetadata): Type {
  @WsGateway({ path: '/chat', ...options })
  @Injectable()
  class Chat {}
  return Chat;
}
