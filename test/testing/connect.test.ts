import { Injectable, type INestApplication, type Type } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { WebSocketGateway } from '@nestjs/websockets';
import { sign } from 'cookie-signature';
import { pack, unpack } from 'msgpackr';
import {
  CookieGuard,
  InvalidUse,
  UseHandshakeGuards,
  WsConn,
  type WsConnection,
  WsException,
  WsgateAdapter,
  WsGateway,
  WsHandler,
  WsModule,
  WsPayload,
  WsServer,
} from 'nestjs-wsgate';
import { connect, UnexpectedResponse } from 'nestjs-wsgate/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deferred } from '../support/deferred.js';

@Injectable()
class SessionGuard extends CookieGuard<{ name: string }> {
  constructor() {
    super({ cookie: 'sid', secrets: ['secret'] });
  }

  authenticate(name: string): { name: string } | null {
    return name === 'nobody' ? null : { name };
  }
}

@WebSocketGateway({ path: '/old' })
class Old {}

@WsGateway('/plain')
class Plain {}

@WsGateway('/chat/:room')
@UseHandshakeGuards(SessionGuard)
class ChatGateway {
  constructor(private readonly server: WsServer) {}

  onWsOpen(connection: WsConnection<{ name: string }>): void {
    connection.join(connection.params.room);
    connection.send('welcome', connection.user?.name);
  }

  @WsHandler('say')
  say(@WsPayload() text: string, @WsConn() connection: WsConnection): { ok: boolean } {
    this.server.to(connection.params.room).send('said', text);
    return { ok: true };
  }

  @WsHandler('wait')
  async wait(): Promise<string> {
    begun.resolve();
    await finish.promise;
    return 'worth it';
  }

  @WsHandler('fail')
  fail(): never {
    throw new WsException('NO_LUCK', 'not today');
  }

  @WsHandler('count')
  async *count(@WsPayload() to: number): AsyncGenerator<number> {
    for (let at = 1; at <= to; at++) yield at;
  }
}

/** The handler tells the test that it waits, and the test the handler that it need not any more. */
let begun = deferred();
let finish = deferred();

const platforms: readonly (readonly [string, () => FastifyAdapter | undefined])[] = [
  ['Express', () => undefined],
  ['Fastify', () => new FastifyAdapter()],
];

describe.each(platforms)('connect, on %s', (_name, createAdapter) => {
  let app: INestApplication;
  const cookies = { sid: `s:${sign('ada', 'secret')}` };

  beforeEach(async () => {
    begun = deferred();
    finish = deferred();
    const module = await Test.createTestingModule({
      imports: [WsModule.forRoot({})],
      providers: [ChatGateway, SessionGuard] as Type[],
    }).compile();
    const adapter = createAdapter();
    app =
      adapter === undefined
        ? module.createNestApplication()
        : module.createNestApplication(adapter);
  });

  afterEach(() => app.close());
  afterEach(() => void vi.useRealTimers());

  it('opens a connection without a port, and keeps what came before it was asked for', async () => {
    const client = await connect(app, '/chat/lobby', { cookies, origin: 'http://localhost' });
    expect(await client.nextEvent('welcome')).toBe('ada');
    expect(app.getHttpServer().listening).toBe(false);
  });

  it('initialises the application once, however many connect at the same time', async () => {
    const open = () => connect(app, '/chat/lobby', { cookies });
    const clients = await Promise.all([open(), open(), open()]);
    for (const client of clients) expect(await client.nextEvent('welcome')).toBe('ada');
    await Promise.all(clients.map((client) => client.close()));
  });

  it('says what came instead of a push that is waited for', async () => {
    await using client = await connect(app, '/chat/lobby', { cookies, timeoutMs: 10_000 });
    await client.request('say', 'after the welcome');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const missed = client.nextEvent('sed').catch(String);
    vi.advanceTimersByTime(10_000);
    vi.useRealTimers();
    expect(await missed).toContain(
      'no push of type "sed" came within 10000 ms; those that came: welcome, said',
    );
  });

  it('keeps a push that came too late for who waits next', async () => {
    await using client = await connect(app, '/chat/lobby', { cookies });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const missed = client.nextEvent('said').catch(String);
    vi.advanceTimersByTime(10_000);
    vi.useRealTimers();
    expect(await missed).toContain('no push of type "said"');
    await client.request('say', 'late');
    expect(await client.nextEvent('said')).toBe('late');
  });

  it('says why a handshake was refused', async () => {
    await expect(connect(app, '/nowhere')).rejects.toThrow(
      /with 404, not 101: .*no WebSocket here/,
    );
    await expect(connect(app, '/chat/lobby')).rejects.toThrow('401, not 101: Unauthorized');
  });

  it('says where the module is missing, and with it every gateway', async () => {
    const module = await Test.createTestingModule({ providers: [Plain] }).compile();
    const bare = module.createNestApplication({ logger: false });
    const refused = connect(bare, '/plain');
    await expect(refused).rejects.toMatchObject({ statusCode: 404 });
    await expect(refused).rejects.toThrow(
      '404, not 101: Cannot GET /plain (the application does not import WsModule.forRoot())',
    );
    await bare.close();
  });

  it('does not miss the module where the adapter alone serves', async () => {
    const module = await Test.createTestingModule({ providers: [Old] }).compile();
    const adapted = module.createNestApplication({ logger: false });
    adapted.useWebSocketAdapter(new WsgateAdapter(adapted));
    await expect(connect(adapted, '/olb')).rejects.toThrow(/no WebSocket here$/);
    await adapted.close();
  });

  it.each<[unknown, unknown, string]>([
    [undefined, '/plain', 'connect: the application is undefined; expected'],
    [{}, '/plain', 'connect: the application is {}; expected'],
    ['/plain', undefined, 'connect: the application is "/plain"; expected'],
  ])('refuses what is no application: %o', async (given, path, message) => {
    const refused = connect(given as never, path as never);
    await expect(refused).rejects.toThrow(InvalidUse);
    await expect(refused).rejects.toThrow(message);
  });

  it('takes no testing module for its application', async () => {
    const module = await Test.createTestingModule({ providers: [Plain] }).compile();
    await expect(connect(module as never, '/plain')).rejects.toThrow(
      'connect: the application is [TestingModule]; expected what createNestApplication() returns',
    );
    await expect(connect(app, undefined as never)).rejects.toThrow(
      "connect: undefined given; expected the path of a gateway: '/chat'",
    );
  });

  it.each<[object, string]>([
    [{ cookie: cookies }, 'connect: cookie: there is no such option; there are headers, cookies'],
    [{ timeoutMs: '1' }, 'connect: timeoutMs: 1 given; expected a number from 0 up'],
    [
      { codec: { encode: pack } },
      'connect: codec.protocol: undefined given; expected the name of a subprotocol',
    ],
  ])('refuses options that it does not know: %o', async (options, message) => {
    const refused = connect(app, '/chat/lobby', options);
    await expect(refused).rejects.toThrow(InvalidUse);
    await expect(refused).rejects.toThrow(message);
  });

  it('calls, streams and hears pushes', async () => {
    await using one = await connect(app, '/chat/lobby', { cookies });
    await using other = await connect(app, '/chat/lobby', { cookies });
    expect(await one.request('say', 'hello')).toEqual({ ok: true });
    expect(await other.nextEvent('said')).toBe('hello');
    const items: unknown[] = [];
    for await (const item of one.stream('count', 5)) items.push(item);
    expect(items).toEqual([1, 2, 3, 4, 5]);
    await expect(one.request('fail')).rejects.toMatchObject({ code: 'NO_LUCK' });
  });

  it('keeps the error that answers an event, and throws nothing', async () => {
    await using client = await connect(app, '/chat/lobby', { cookies });
    client.send('fail');
    await client.request('say', 'after it');
    const error = expect.objectContaining({ code: 'NO_LUCK' }) as unknown;
    expect(client.received).toContainEqual({ op: 'error', error });
  });

  it.each([
    ['no cookie', '/chat/lobby', {}, 401],
    ['a forged cookie', '/chat/lobby', { cookies: { sid: `s:${sign('ada', 'guess')}` } }, 401],
    ['a foreign Origin', '/chat/lobby', { cookies, origin: 'http://evil.example' }, 403],
    ['an unknown path', '/nowhere', { cookies }, 404],
  ])('rejects with what the server answered: %s', async (_case, path, options, status) => {
    const refusal = await connect(app, path, options).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UnexpectedResponse);
    expect(refusal).toMatchObject({ statusCode: status, body: expect.stringMatching(/./) });
  });

  it('gets the reply to a call that is in flight when the application closes', async () => {
    const client = await connect(app, '/chat/lobby', { cookies });
    const reply = client.request('wait');
    await begun.promise;
    const closed = app.close();
    finish.resolve();
    expect(await reply).toBe('worth it');
    await closed;
    expect(client.received).toContainEqual(expect.objectContaining({ op: 'goaway' }));
    expect(await client.closed).toMatchObject({ code: 1001 });
  });

  it('speaks another codec where the test asks for one', async () => {
    const codec = {
      protocol: 'wsgate.v1.msgpack',
      encode: (message: unknown) => new Uint8Array(pack(message)),
      decode: (data: string | Uint8Array) => unpack(data as Uint8Array) as unknown,
    };
    await using client = await connect(app, '/chat/lobby', { cookies, codec });
    expect(await client.nextEvent('welcome')).toBe('ada');
    expect(client.socket.protocol).toBe('wsgate.v1.msgpack');
  });

  it('tells how the connection ended, and ends its events with it', async () => {
    const client = await connect(app, '/chat/lobby', { cookies });
    const said = (async () => {
      const texts: unknown[] = [];
      for await (const text of client.events('said')) texts.push(text);
      return texts;
    })();
    await client.request('say', 'last words');
    await app.close();
    expect(await client.closed).toMatchObject({ code: 1001 });
    expect(await said).toEqual(['last words']);
    await expect(client.nextEvent('said')).rejects.toThrow('the connection ended');
  });
});
