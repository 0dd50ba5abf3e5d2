import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  Injectable,
  NotFoundException,
  UnauthorizedException,
  UseFilters,
} from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  UseHandshakeGuards,
  WsException,
  WsgateAdapter,
  type WsgateAdapterOptions,
  type WsConnection,
  WsGateway,
  WsHandler,
  WsPayload,
} from '../../../lib/index.js';
import type { VerifyClientInfo } from '../../../lib/server/handshake/verify-client.js';
import { LogLimit } from '../../../lib/nest/errors/log-limit.js';
import { connectEvents, openPeer } from '../adapter/support/event-peer.js';
import { PLATFORMS, serveApp } from '../support/gateway-app.js';
import { Lines } from '../support/lines.js';
import { connectPeer, refusedPeer } from '../support/ws-peer.js';

describe('a limit of the log', () => {
  afterEach(() => void vi.useRealTimers());

  it('lets so many lines of a kind through in a window, and then says how many there were', () => {
    vi.useFakeTimers();
    const told: string[] = [];
    const limit = new LogLimit((line) => told.push(line), { lines: 3, window: 1000 });
    const passed = (kind: string, count: number): number =>
      Array.from({ length: count }, () => limit.allows(kind)).filter(Boolean).length;
    expect(passed('a', 10)).toBe(3);
    expect(passed('b', 2)).toBe(2);
    vi.advanceTimersByTime(999);
    expect(passed('a', 1)).toBe(0);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual(['a: 8 times more, not logged']);
    expect(passed('a', 10)).toBe(3);
    expect(vi.getTimerCount()).toBe(1);
    limit.end();
    expect(told).toEqual(['a: 8 times more, not logged', 'a: 7 times more, not logged']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps no more than so many kinds', () => {
    const told: string[] = [];
    const limit = new LogLimit((line) => told.push(line), { lines: 1 });
    for (let kind = 0; kind < 1000; kind++) limit.allows(`kind ${kind}`);
    limit.end();
    expect(told).toEqual(['anything else: 899 times more, not logged']);
  });
});

describe('a thousand connections', () => {
  const COUNT = 1000;

  @Injectable()
  class BrokenGuard {
    canActivate(): never {
      throw new Error('the database is down');
    }
  }

  @WsGateway('/open')
  @Injectable()
  class OpenGateway {
    @WsHandler('fail') fail(): never {
      throw new Error('out of order');
    }
  }

  @WsGateway('/guarded')
  @UseHandshakeGuards(BrokenGuard)
  @Injectable()
  class GuardedGateway {}

  it('that each break a rule, fail a call or a handshake leave few lines, and their number', async () => {
    const lines = new Lines();
    const { app, url } = await serveApp({
      providers: [OpenGateway, GuardedGateway],
      nest: { logger: lines },
    });
    for (let at = 0; at < COUNT; at++) {
      const peer = await connectPeer(`${url}/open`);
      peer.socket.send('no JSON');
      await peer.call('fail');
      await peer.close();
      await refusedPeer(`${url}/guarded`);
    }
    await app.close();
    for (const flood of [
      'BAD_MESSAGE: the message cannot be decoded; expected JSON in a text frame',
      'OpenGateway.fail failed',
      'the handshake of /guarded failed',
    ]) {
      const about = lines.about(flood);
      expect(about).toHaveLength(31);
      expect(about.at(-1)).toContain(`${flood}: ${COUNT - 30} times more, not logged`);
    }
  }, 60_000);
});

/** What clients send along, and no log may hold. */
const SECRETS = {
  header: 'planted-in-authorization',
  cookie: 'planted-in-cookie',
  query: 'planted-in-query',
  payload: 'planted-in-payload',
} as const;

const headers = {
  authorization: `Bearer ${SECRETS.header}`,
  cookie: `sid=${SECRETS.cookie}`,
};

function assertNoSecret(lines: Lines): void {
  for (const secret of Object.values(SECRETS)) expect(lines.about(secret)).toEqual([]);
}

describe.each(PLATFORMS)('the log of a server on %s', (platform) => {
  const failures: Readonly<Record<string, (request: object) => unknown>> = {
    error: () => {
      throw new Error('lookup failed');
    },
    request: (request) => {
      // oxlint-disable-next-line typescript/only-throw-error
      throw request;
    },
    wrapped: (request) => {
      // oxlint-disable-next-line typescript/only-throw-error
      throw { request, headers, code: 'E_LOOKUP' };
    },
    rejected: (request) => Promise.reject(Object.assign(new Error('no answer'), { request })),
    refused: () => false,
    unauthorized: () => {
      throw new UnauthorizedException();
    },
    late: () => new Promise(() => undefined),
  };

  const gateways = Object.entries(failures).map(([name, fail]) => {
    const guard = {
      canActivate: (context: { switchToHttp(): { getRequest(): object } }) =>
        fail(context.switchToHttp().getRequest()) as boolean,
    };
    @WsGateway({ path: `/${name}`, handshakeTimeout: 50 })
    @UseHandshakeGuards(guard)
    @Injectable()
    class Refusing {}
    return Refusing;
  });

  @WsGateway({ path: '/open', maxPayload: 1000, controlFrameRate: { perSecond: 1, burst: 1 } })
  @Injectable()
  class OpenGateway {
    onWsOpen({ query }: { query: Record<string, unknown> }): void {
      if (query['hook'] === 'throws') throw new Error('no room');
    }
    @WsHandler('parse') parse(payload: string): unknown {
      return JSON.parse(payload);
    }
    @WsHandler('throw') throwIt(payload: unknown): never {
      // oxlint-disable-next-line typescript/only-throw-error
      throw { payload: { payload } };
    }
  }

  it('holds nothing that clients sent, whatever went wrong', async () => {
    const lines = new Lines();
    const setup = { platform, providers: [...gateways, OpenGateway], nest: { logger: lines } };
    const { app, url } = await serveApp(setup);
    const query = `?token=${SECRETS.query}`;
    for (const name of [...Object.keys(failures), 'nowhere']) {
      await refusedPeer(`${url}/${name}${query}`, { headers }).catch(() => undefined);
    }
    const evil = { headers: { ...headers, origin: 'https://evil.example' } };
    await refusedPeer(`${url}/open${query}`, evil);
    await (
      await connectPeer(`${url}/open${query}&hook=throws`, { headers })
    ).closed;
    const peer = await connectPeer(`${url}/open${query}`, { headers });
    peer.socket.send(`{"${SECRETS.payload}`);
    peer.send({ type: SECRETS.payload, id: SECRETS.payload, data: SECRETS.payload });
    peer.send({ op: SECRETS.payload });
    await peer.call('parse', `{${SECRETS.payload}`);
    await peer.call('throw', SECRETS.payload);
    for (let sent = 0; sent < 3; sent++) peer.socket.ping(SECRETS.payload);
    expect((await peer.closed).code).toBe(4429);
    const large = await connectPeer(`${url}/open${query}`, { headers });
    large.send({ type: 'x', data: SECRETS.payload.repeat(100) });
    expect((await large.closed).code).toBe(1009);
    await app.close();
    expect(lines.about('failed').length).toBeGreaterThanOrEqual(6);
    expect(lines.about('E_LOOKUP')).toHaveLength(1);
    assertNoSecret(lines);
  });
});

describe('a type that nobody handles', () => {
  @WsGateway('/chat/:room')
  class ChatGateway {
    @WsHandler('message.send') send(): void {}
    @WsHandler('message.read') read(): void {}
  }
  @WebSocketGateway({ path: '/old', strictMessages: true } as object)
  class OldGateway {
    @SubscribeMessage('say') say(): void {}
    @SubscribeMessage({ any: 'value' } as never) any(): void {}
  }

  async function linesAfter(talk: (url: string) => Promise<unknown>): Promise<readonly string[]> {
    const lines = new Lines();
    const { app, url } = await serveApp({
      providers: [ChatGateway, OldGateway],
      nest: { logger: lines },
      configure: (created) => created.useWebSocketAdapter(new WsgateAdapter(created)),
    });
    await talk(url);
    await app.close();
    return lines
      .about('UNKNOWN_TYPE')
      .map((line) => line.replace(/connection [\w-]+/, 'connection X'));
  }

  it('is logged with the path as it is declared, and the handler that was probably meant', async () => {
    const types = ['mesage.send', 'Message.Read', 'x', 'message.send'.repeat(80_000)];
    const lines = await linesAfter(async (url) => {
      const peer = await connectPeer(`${url}/chat/lobby`);
      for (const type of types) await peer.call(type);
    });
    const line = 'connection X at /chat/:room: UNKNOWN_TYPE: Unknown type';
    expect(lines).toEqual([
      expect.stringContaining(`${line}; there is a handler for "message.send" `),
      expect.stringContaining(`${line}; there is a handler for "message.read" `),
      expect.stringContaining(`${line} `),
      expect.stringContaining(`${line} `),
    ]);
    expect(lines[3]).not.toContain('there is');
  });

  it('counts as one kind of line, whatever was meant', async () => {
    const lines = await linesAfter(async (url) => {
      for (let at = 0; at < 20; at++) {
        const peer = await connectPeer(`${url}/chat/lobby`);
        await Promise.all(['mesage.send', 'mesage.read'].map((type) => peer.call(type)));
        await peer.close();
      }
    });
    expect(lines).toHaveLength(31);
    expect(lines[30]).toContain('UNKNOWN_TYPE: Unknown type: 10 times more, not logged');
  });

  it.each([
    ['say in {event, data}', { event: 'sya' }, [], 'Unknown event; there is a handler for "say"'],
    ['a value of another kind', { event: [['say']] }, [], 'Unknown event '],
    ['say in wsgate.v1', { type: 'sya', id: 1 }, ['wsgate.v1'], 'Unknown type; there is'],
  ])(
    'is logged for strict gateways of the adapter, too: %s',
    async (_name, said, protocols, end) => {
      const lines = await linesAfter(async (url) => {
        const peer = await connectEvents(`${url}/old`, { protocols });
        peer.say(said);
        await peer.next();
      });
      expect(lines).toEqual([
        expect.stringContaining(`connection X at /old: UNKNOWN_TYPE: ${end}`),
      ]);
    },
  );
});

describe('a refused handshake', () => {
  @Injectable()
  class SessionGuard {
    canActivate(): never {
      throw new UnauthorizedException(SECRETS.cookie);
    }
  }
  @Injectable()
  class SlowGuard {
    canActivate(): Promise<boolean> {
      return new Promise(() => undefined);
    }
  }
  @WsGateway('/chat/:room')
  @UseHandshakeGuards({ canActivate: () => true }, SessionGuard)
  @Injectable()
  class ChatGateway {}
  @WsGateway({ path: '/slow', handshakeTimeout: 20 })
  @UseHandshakeGuards(SlowGuard)
  @Injectable()
  class SlowGateway {}
  @WsGateway({ path: '/strict', allowMissingOrigin: false })
  @UseHandshakeGuards({ canActivate: () => false })
  @Injectable()
  class StrictGateway {}

  const local = 'http://localhost:5173';

  it.each([
    [
      '/chat/lobby',
      local,
      `/chat/:room: 403 Origin refused ("${local}"); to allow it: origin: ["${local}"]`,
    ],
    ['/chat/lobby', 'null', '/chat/:room: 403 Origin refused ("null")'],
    [
      '/chat/lobby',
      'http://a\u009b"\u00e9',
      String.raw`/chat/:room: 403 Origin refused ("http://a\u009b\"\u00e9")`,
    ],
    ['/chat/lobby', undefined, '/chat/:room: 401 by SessionGuard'],
    ['/slow', undefined, '/slow: 503 by SlowGuard, which took longer than handshakeTimeout'],
    [
      '/strict',
      undefined,
      '/strict: 403 Origin refused (none); to allow it: allowMissingOrigin: true',
    ],
    ['/strict', '*', '/strict: 403 by a guard'],
  ])('says why: %s from %j', async (path, origin, line) => {
    const lines = new Lines();
    const providers = [ChatGateway, SlowGateway, StrictGateway, SessionGuard, SlowGuard];
    const { app, url } = await serveApp({ providers, nest: { logger: lines } });
    const own = url.replace('ws:', 'http:');
    const from = origin === '*' ? own : origin;
    await refusedPeer(`${url}${path}?token=${SECRETS.query}`, {
      headers: { ...headers, ...(from !== undefined && { origin: from }) },
    });
    await app.close();
    expect(lines.about('refused the handshake')).toEqual([
      `refused the handshake of ${line} Wsgate`,
    ]);
    assertNoSecret(lines);
  });

  it('warns of a guard that is late, even where what guards refuse is not logged', async () => {
    const warnings: string[] = [];
    const logger = Object.assign(new Lines(), { debug: () => undefined });
    logger.warn = (line) => void warnings.push(String(line));
    const providers = [ChatGateway, SlowGateway, SessionGuard, SlowGuard];
    const { app, url } = await serveApp({ providers, nest: { logger } });
    await refusedPeer(`${url}/chat/lobby`);
    await refusedPeer(`${url}/slow`);
    await app.close();
    expect(warnings.filter((line) => line.startsWith('refused'))).toEqual([
      'refused the handshake of /slow: 503 by SlowGuard, which took longer than handshakeTimeout',
    ]);
  });

  it('leaves few lines however many there are', async () => {
    const lines = new Lines();
    const providers = [ChatGateway, SessionGuard];
    const { app, url } = await serveApp({ providers, nest: { logger: lines } });
    for (let tries = 0; tries < 40; tries++) await refusedPeer(`${url}/chat/lobby`);
    await app.close();
    const about = lines.about('refused the handshake of /chat/:room');
    expect(about).toHaveLength(31);
    expect(about.at(-1)).toContain('10 times more, not logged');
  });
});

describe('what is thrown where no client is told', () => {
  const thrown: Readonly<Record<string, Error>> = {
    http: new NotFoundException('no such room'),
    own: new WsException('ROOM_FULL', 'no seats left'),
    refusal: new UnauthorizedException('no session'),
  };

  @WsGateway('/open')
  @Injectable()
  class OpenGateway {
    onWsOpen({ query }: WsConnection): void {
      throw thrown[String(query['throws'])];
    }
  }
  @WsGateway('/close')
  @Injectable()
  class CloseGateway {
    @WsHandler('say') say(): void {}
    onWsClose({ query }: WsConnection): void {
      throw thrown[String(query['throws'])];
    }
  }
  @WsGateway('/end')
  @Injectable()
  class EndGateway {
    @WsHandler('count') async *count(): AsyncGenerator<number> {
      try {
        for (let at = 1; ; at += 1) yield at;
      } finally {
        // oxlint-disable-next-line no-unsafe-finally
        throw thrown['http'];
      }
    }
  }
  const providers = [OpenGateway, CloseGateway, EndGateway];

  it.each([
    ['/open?throws=http', 1011, /OpenGateway\.onWsOpen failed on connection [-\w]+: no such room/],
    ['/open?throws=own', 1011, /OpenGateway\.onWsOpen failed on connection [-\w]+: no seats left/],
    ['/open?throws=refusal', 4401, /OpenGateway\.onWsOpen refused a connection with 4401: [-\w]+/],
    ['/close?throws=http', 1000, /CloseGateway\.onWsClose failed on connection [-\w]+: no such/],
    ['/close?throws=refusal', 1000, /CloseGateway\.onWsClose failed on connection [-\w]+: no ses/],
  ])('is logged, whatever its class: %s', async (path, code, line) => {
    const lines = new Lines();
    const { app, url } = await serveApp({ providers, nest: { logger: lines } });
    const peer = await connectPeer(url + path);
    if (code === 1000) await peer.close();
    else expect((await peer.closed).code).toBe(code);
    await app.close();
    expect(lines.all.filter((text) => line.test(text))).toHaveLength(1);
  });

  it('is logged at the end of a stream, too', async () => {
    const lines = new Lines();
    const { app, url } = await serveApp({ providers, nest: { logger: lines } });
    const peer = await connectPeer(`${url}/end`);
    peer.send({ type: 'count', id: 1, credit: 1 });
    await peer.next(({ op }) => op === 'next');
    peer.send({ op: 'cancel', id: 1 });
    await peer.close();
    await app.close();
    expect(lines.about('the end of EndGateway.count failed')).toHaveLength(1);
  });
});

describe('an exception filter that fails', () => {
  /** As Nest's documentation shows it: there is no such response for a message. */
  @Catch()
  class HttpFilter implements ExceptionFilter {
    catch(_: Error, host: ArgumentsHost): void {
      host.switchToHttp().getResponse<{ status(code: number): void }>().status(500);
    }
  }
  @Catch()
  class AsyncFilter implements ExceptionFilter {
    catch = (): Promise<never> => Promise.reject(new Error('the translator is down'));
  }
  @Catch()
  class MappingFilter implements ExceptionFilter {
    catch(): never {
      throw new WsException('GONE', 'it is gone');
    }
  }
  @WsGateway('/rooms')
  @Injectable()
  class RoomsGateway {
    @UseFilters(HttpFilter) @WsHandler('http') http(): never {
      throw new NotFoundException('no such room');
    }
    @UseFilters(AsyncFilter) @WsHandler('async') async(): never {
      throw new Error('the database is down');
    }
    @UseFilters(MappingFilter) @WsHandler('mapping') mapping(): never {
      throw new Error('the database is down');
    }
  }

  it.each([
    ['http', 'no such room', 'status is not a function'],
    ['async', 'the database is down', 'the translator is down'],
  ])('leaves both exceptions in the log: %s', async (type, caught, failure) => {
    const lines = new Lines();
    const { app, url } = await serveApp({ providers: [RoomsGateway], nest: { logger: lines } });
    const peer = await connectPeer(`${url}/rooms`);
    expect(await peer.call(type)).toMatchObject({ error: { code: 'INTERNAL' } });
    await peer.close();
    await app.close();
    const [first, second, ...rest] = lines.about('on connection');
    expect(first).toMatch(new RegExp(`^RoomsGateway.${type} failed .*${caught}`));
    expect(second).toMatch(new RegExp(`^an exception filter of RoomsGateway.${type} .*${failure}`));
    expect(second).toContain('host.getType()');
    expect(rest).toEqual([]);
  });

  it('is not one that throws what the client is told', async () => {
    const lines = new Lines();
    const { app, url } = await serveApp({ providers: [RoomsGateway], nest: { logger: lines } });
    const peer = await connectPeer(`${url}/rooms`);
    expect(await peer.call('mapping')).toMatchObject({ error: { code: 'GONE' } });
    await peer.close();
    await app.close();
    expect(lines.about('on connection')).toEqual([]);
  });
});

describe('the log of the adapter', () => {
  @WebSocketGateway({ path: '/events' })
  class EventsGateway implements OnGatewayConnection {
    handleConnection(_client: unknown, { url }: { url: string }): void {
      if (url.includes('hook=throws')) throw new Error('no room');
    }
    @SubscribeMessage('fail') fail(): never {
      throw new Error('out of order');
    }
  }

  it('holds why a hook refused a client, whatever the class of its exception', async () => {
    @WebSocketGateway({ path: '/events' })
    class FullGateway implements OnGatewayConnection {
      handleConnection(): void {
        throw new NotFoundException('no such room');
      }
    }
    const lines = new Lines();
    const { app, url } = await serveApp({
      withoutModule: true,
      providers: [FullGateway],
      nest: { logger: lines },
      configure: (nest) => nest.useWebSocketAdapter(new WsgateAdapter(nest)),
    });
    expect(await (await connectEvents(`${url}/events`)).closed()).toBe(1011);
    await app.close();
    expect(lines.about('handleConnection failed on connection')).toEqual([
      expect.stringContaining('no such room'),
    ]);
  });

  it('holds nothing that clients sent, whatever went wrong', async () => {
    const lines = new Lines();
    const options: WsgateAdapterOptions = {
      messageParser: (data) => JSON.parse(data.toString()) as { event: unknown },
      messageRate: { perSecond: 0.001, burst: 3 },
      maxPayload: 1000,
    };
    const { app, url } = await serveApp({
      withoutModule: true,
      providers: [EventsGateway],
      nest: { logger: lines },
      configure: (nest) => nest.useWebSocketAdapter(new WsgateAdapter(nest, options)),
    });
    const target = `${url}/events?token=${SECRETS.query}`;
    const evil = { headers: { ...headers, origin: 'https://evil.example' } };
    for (let tries = 0; tries < 40; tries++) expect(await openPeer(target, evil)).toBe(403);
    expect(await (await connectEvents(`${target}&hook=throws`, { headers })).closed()).toBe(1011);
    const peer = await connectEvents(target, { headers });
    peer.say(`{"${SECRETS.payload}`);
    peer.say({ event: 'fail', data: SECRETS.payload });
    for (let sent = 0; sent < 40; sent++) peer.say({ event: SECRETS.payload });
    expect(await peer.closed()).toBe(4429);
    await app.close();
    expect(lines.about('messageParser')).toHaveLength(1);
    expect(lines.about('Refused Origin "https://evil.example"')).toHaveLength(30);
    expect(lines.about('Refused Origin: 10 times more')).toHaveLength(1);
    assertNoSecret(lines);
  });

  it('holds few lines of what verifyClient throws, and nothing but its text', async () => {
    @WebSocketGateway({
      path: '/events',
      verifyClient: ({ req }: VerifyClientInfo) => {
        throw Object.assign(new Error('no answer'), { request: req });
      },
    })
    class UncheckedGateway {}
    const lines = new Lines();
    const { app, url } = await serveApp({
      withoutModule: true,
      providers: [UncheckedGateway],
      nest: { logger: lines },
      configure: (nest) => nest.useWebSocketAdapter(new WsgateAdapter(nest)),
    });
    for (let tries = 0; tries < 40; tries++) {
      expect(await openPeer(`${url}/events`, { headers })).toBe(500);
    }
    await app.close();
    expect(lines.about('the handshake of /events failed: no answer')).toHaveLength(30);
    expect(lines.about('/events failed: 10 times more')).toHaveLength(1);
    assertNoSecret(lines);
  });
});

describe('what a client has chosen of an exception', () => {
  @WsGateway('/quoting')
  class QuotingGateway {
    @WsHandler('format') format(@WsPayload() timeZone: string): string {
      return new Intl.DateTimeFormat('en', { timeZone }).format();
    }
    @WsHandler('find') find(@WsPayload() name: string): never {
      // oxlint-disable-next-line typescript/only-throw-error
      throw `nobody is called ${name}`;
    }
    @WsHandler('misname') misname(@WsPayload() name: string): never {
      throw Object.assign(new Error('odd'), { stack: `at ${name}` });
    }
  }

  async function logOf(type: string, data: string): Promise<readonly string[]> {
    const lines = new Lines();
    const { app, url } = await serveApp({ providers: [QuotingGateway], nest: { logger: lines } });
    const peer = await connectPeer(`${url}/quoting`);
    expect(await peer.call(type, data)).toMatchObject({ error: { code: 'INTERNAL' } });
    await app.close();
    return lines.about(`QuotingGateway.${type} failed`);
  }

  it.each(['format', 'find', 'misname'])(
    'moves no terminal and forges no line: %s',
    async (type) => {
      const [line = ''] = await logOf(
        type,
        'x\u001b[2J\u009b31m\r\u202e\n[Nest] 1 - LOG all is well\n',
      );
      expect(line).toContain('all is well');
      expect(line).not.toMatch(/[^\P{Cc}\t\n]|\u202e|^\[Nest\]/mu);
    },
  );

  it.each(['format', 'find', 'misname'])('fills no disk: %s', async (type) => {
    const [line = ''] = await logOf(type, 'x'.repeat(1_000_000));
    expect(line.length).toBeLessThan(20_000);
    expect(line).toMatch(/characters more/);
  });
});
