import {
  type CanActivate,
  ConflictException,
  Controller,
  type ExecutionContext,
  HttpException,
  forwardRef,
  Get,
  Inject,
  Injectable,
  Logger,
  SetMetadata,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { sign } from 'cookie-signature';
import { EMPTY, of } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  AllowOrigins,
  CookieGuard,
  OriginGuard,
  UseHandshakeGuards,
  type WsConnection,
  WsGateway,
  WsHandler,
  WS_OPTIONS,
  type WsModuleOptions,
} from '../../../lib/index.js';
import { type AppSetup, PLATFORMS, serveApp } from '../support/gateway-app.js';
import { connectPeer, refusedPeer } from '../support/ws-peer.js';

@Injectable()
class Sessions {
  find(id: string): { readonly name: string } | null {
    return id === 'ann-session' ? { name: 'ann' } : null;
  }
}

@Injectable()
class SessionGuard extends CookieGuard<{ readonly name: string }> {
  constructor(@Inject(Sessions) private readonly sessions: Sessions) {
    super({ cookie: 'sid', secrets: ['new', 'old'] });
  }
  authenticate(id: string): { readonly name: string } | null {
    return this.sessions.find(id);
  }
}

/** With `forwardRef`, Nest copies the fields of what it constructed to an object it had before. */
@Injectable()
class ForwardedSessionGuard extends SessionGuard {
  constructor(@Inject(forwardRef(() => Sessions)) sessions: Sessions) {
    super(sessions);
  }
}

@Injectable()
class ForwardedOriginGuard extends OriginGuard {
  constructor(
    @Inject(WS_OPTIONS) options: WsModuleOptions,
    @Inject(forwardRef(() => Sessions)) readonly sessions: Sessions,
  ) {
    super(options);
  }
}

/** A guard as an instance: what it does is said by a function. */
function guard(canActivate: (context: ExecutionContext) => unknown): CanActivate {
  return { canActivate: canActivate as CanActivate['canActivate'] };
}

function gatewayWith(...guards: readonly (Type<CanActivate> | CanActivate)[]): Type {
  @WsGateway('/chat/:room')
  @UseHandshakeGuards(...guards)
  @Injectable()
  class Gateway {
    @WsHandler('who') who(connection: WsConnection): unknown {
      return connection.user;
    }
  }
  return Gateway;
}

async function serve<T>(setup: AppSetup, test: (url: string) => Promise<T>): Promise<T> {
  const { app, url } = await serveApp(setup);
  try {
    return await test(url);
  } finally {
    await app.close();
  }
}

describe.each(PLATFORMS)('OriginGuard on HTTP routes, on %s', (platform) => {
  @Controller('login')
  @UseGuards(OriginGuard)
  class LoginController {
    @Get() read(): string {
      return 'fine';
    }
  }
  @Controller('wider')
  @UseGuards(OriginGuard)
  @AllowOrigins('https://wider.example')
  class WiderController {
    @Get() read(): string {
      return 'fine';
    }
    @WsHandler('read') readHere(): string {
      return 'fine';
    }
  }

  it.each([
    ['login', 'its own', 200],
    ['login', undefined, 200],
    ['login', 'https://app.example', 200],
    ['login', 'https://evil.example', 403],
    ['login', 'https://wider.example', 403],
    ['wider', 'https://wider.example', 200],
    ['wider', 'https://app.example', 403],
  ])('answers /%s to a page of %s with %i', async (path, page, status) => {
    const setup = {
      platform,
      options: { origin: ['https://app.example'] },
      controllers: [LoginController, WiderController],
    };
    await serve(setup, async (url) => {
      const own = url.replace('ws', 'http');
      const origin = page === 'its own' ? own : page;
      const response = await fetch(`${own}/${path}`, { headers: origin ? { origin } : {} });
      expect(response.status).toBe(status);
    });
  });
});

describe.each(PLATFORMS)('the handshake on %s', (platform) => {
  beforeAll(() => Logger.overrideLogger(false));

  const withSessions = { platform, providers: [Sessions, gatewayWith(OriginGuard, SessionGuard)] };

  it('lets in who has a signed cookie, and knows them', () =>
    serve(withSessions, async (url) => {
      for (const cookie of [
        `sid=${encodeURIComponent(`s:${sign('ann-session', 'new')}`)}`,
        `a=b; sid=${encodeURIComponent(sign('ann-session', 'old'))}`,
      ]) {
        const peer = await connectPeer(`${url}/chat/lobby`, { headers: { cookie } });
        expect(await peer.call('who')).toMatchObject({ data: { name: 'ann' } });
        await peer.close();
      }
    }));

  it('runs guards that inject by forwardRef', () => {
    const gateway = gatewayWith(ForwardedOriginGuard, ForwardedSessionGuard);
    return serve({ platform, providers: [Sessions, gateway] }, async (url) => {
      const cookie = `sid=${sign('ann-session', 'new')}`;
      const peer = await connectPeer(`${url}/chat/lobby`, { headers: { cookie } });
      expect(await peer.call('who')).toMatchObject({ data: { name: 'ann' } });
    });
  });

  it('answers 401 without a cookie, and with a forged or unknown one', () =>
    serve(withSessions, async (url) => {
      for (const cookie of [
        '',
        'sid=ann-session',
        `sid=${sign('ann-session', 'wrong')}`,
        `sid=${sign('bob-session', 'new')}`,
        `other=${sign('ann-session', 'new')}`,
      ]) {
        const refusal = await refusedPeer(`${url}/chat/lobby`, { headers: { cookie } });
        expect(refusal).toMatchObject({
          status: 401,
          body: '{"message":"Unauthorized","statusCode":401}',
          headers: { connection: 'close' },
        });
      }
    }));

  it.each([
    ['unsigned', undefined, 'sid='],
    ['signed', 'new', `sid=${encodeURIComponent(sign('', 'new'))}`],
  ])('asks nobody whose an empty cookie is: %s', (_how, secrets, cookie) => {
    @Injectable()
    class AnybodyGuard extends CookieGuard<object> {
      constructor() {
        super({ cookie: 'sid', ...(secrets === undefined ? {} : { secrets }) });
      }
      authenticate(value: string): object {
        return { value };
      }
    }
    return serve({ platform, providers: [gatewayWith(AnybodyGuard)] }, async (url) => {
      const refusal = refusedPeer(`${url}/chat/lobby`, { headers: { cookie } });
      expect(await refusal).toMatchObject({ status: 401 });
    });
  });

  it('answers 403 to a page of another origin, before any guard', () =>
    serve({ platform, providers: [gatewayWith(guard(() => true))] }, async (url) => {
      const own = url.replace('ws', 'http');
      await (await connectPeer(`${url}/chat/a`, { origin: own })).close();
      for (const origin of ['https://evil.example', 'null', `${own}.evil.example`]) {
        expect(await refusedPeer(`${url}/chat/a`, { origin })).toMatchObject({ status: 403 });
      }
    }));

  it.each<[string, () => unknown, number]>([
    ['false', () => false, 403],
    ['a promise of false', () => Promise.resolve(false), 403],
    ['an Observable of false', () => of(false), 403],
    ['an empty Observable', () => EMPTY, 500],
    ['nothing', () => undefined, 403],
    ['an HttpException', () => Promise.reject(new ConflictException('full')), 409],
    ['an error', () => Promise.reject(new Error('secret')), 500],
    [
      'an HttpException of a status no refusal has',
      () => Promise.reject(new HttpException('', 200)),
      500,
    ],
  ])('refuses when a guard gives %s', (_what, canActivate, status) =>
    serve({ platform, providers: [gatewayWith(guard(canActivate))] }, async (url) => {
      const refusal = await refusedPeer(`${url}/chat/a`);
      expect(refusal.status).toBe(status);
      expect(refusal.body).not.toContain('secret');
    }),
  );

  it('refuses when a guard throws', () =>
    serve(
      {
        platform,
        providers: [
          gatewayWith(
            guard(() => {
              throw new Error('secret');
            }),
          ),
        ],
      },
      async (url) => expect(await refusedPeer(`${url}/chat/a`)).toMatchObject({ status: 500 }),
    ));

  it.each(['user', 'session'])('refuses when the %s that a guard set throws', (name) => {
    const get = (): never => {
      throw new Error('secret');
    };
    const lazy = guard((context) => {
      Object.defineProperty(context.switchToHttp().getRequest(), name, { get });
      return true;
    });
    return serve({ platform, providers: [gatewayWith(lazy)] }, async (url) =>
      expect(await refusedPeer(`${url}/chat/a`)).toMatchObject({ status: 500 }),
    );
  });

  it.each<[string, object]>([
    ['a bigint', { n: 1n }],
    ['a cycle', cyclic()],
  ])(
    'refuses with a 500 of its own, and a log line, for an HttpException of %s',
    async (_what, body) => {
      const refuses = guard((context) => {
        context.switchToHttp().getResponse<NodeResponse>().setHeader('x-seen', 'yes');
        throw new HttpException(body, 400);
      });
      const lines: string[] = [];
      const logger = {
        log: () => undefined,
        warn: () => undefined,
        error: (line: string) => lines.push(line),
      };
      await serve({ platform, providers: [gatewayWith(refuses)], nest: { logger } }, async (url) =>
        expect(await refusedPeer(`${url}/chat/a`)).toMatchObject({
          status: 500,
          headers: { 'content-type': 'application/json; charset=utf-8', 'x-seen': 'yes' },
          body: '{"message":"Internal Server Error","statusCode":500}',
        }),
      );
      expect(lines).toEqual([expect.stringContaining('the handshake of /chat/:room failed')]);
    },
  );

  it('refuses when a guard takes too long', () =>
    serve(
      {
        platform,
        options: { handshakeTimeout: 30 },
        providers: [gatewayWith(guard(() => new Promise(() => undefined)))],
      },
      async (url) => expect(await refusedPeer(`${url}/chat/a`)).toMatchObject({ status: 503 }),
    ));

  it('puts headers a guard sets on the 101 and on the refusal', async () => {
    const set = guard((context) => {
      const response = context.switchToHttp().getResponse<NodeResponse>();
      response.setHeader('x-seen', 'yes');
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.setHeader('connection', 'keep-alive');
      return !context.switchToHttp().getRequest<{ url: string }>().url.includes('refuse');
    });
    await serve({ platform, providers: [gatewayWith(set)] }, async (url) => {
      const peer = await connectPeer(`${url}/chat/a`);
      expect(peer.headers).toMatchObject({
        'x-seen': 'yes',
        'set-cookie': ['a=1', 'b=2'],
        connection: 'Upgrade',
      });
      await peer.close();
      const refusal = await refusedPeer(`${url}/chat/refuse`);
      expect(refusal).toMatchObject({ status: 403, headers: { 'x-seen': 'yes' } });
    });
  });

  it('takes a response that a guard ends for a refusal', async () => {
    const ends = guard((context) => {
      const response = context.switchToHttp().getResponse<NodeResponse>();
      response.statusCode = 402;
      response.setHeader('content-type', 'text/plain');
      response.write('pay ');
      response.end('first');
      return new Promise(() => undefined);
    });
    await serve({ platform, providers: [gatewayWith(ends)] }, async (url) => {
      const refusal = await refusedPeer(`${url}/chat/a`);
      expect(refusal).toMatchObject({ status: 402, body: 'pay first' });
      expect(refusal.headers['content-type']).toBe('text/plain');
    });
  });

  it('refuses a header that would smuggle a second one in', async () => {
    const smuggle = guard((context) => {
      const { url } = context.switchToHttp().getRequest<{ url: string }>();
      const value = decodeURIComponent(url.split('?')[1] ?? '');
      context.switchToHttp().getResponse<NodeResponse>().setHeader('x-echo', value);
      return true;
    });
    await serve({ platform, providers: [gatewayWith(smuggle)] }, async (url) => {
      const refusal = await refusedPeer(`${url}/chat/a?x%0d%0ax-evil:1`);
      expect(refusal.status).toBe(500);
      expect(refusal.headers).not.toHaveProperty('x-evil');
    });
  });

  it('gives guards a request like that of HTTP', async () => {
    const seen: unknown[] = [];
    const look = guard((context) => {
      const request = context.switchToHttp().getRequest<Record<string, never>>();
      const header = (request['get'] as (name: string) => unknown)('X-Tenant');
      const { params, query, cookies, ip, path, originalUrl } = request;
      const type = context.getType();
      seen.push({ type, header, params, query, cookies, ip, path, originalUrl });
      return true;
    });
    await serve({ platform, providers: [gatewayWith(look)] }, async (url) => {
      const headers = { 'x-tenant': 'acme', cookie: 'a=1' };
      await (
        await connectPeer(`${url}/chat/a%20b?q=1&q=2&q=3&one=1&__proto__=x`, { headers })
      ).close();
    });
    const query = Object.assign(Object.create(null) as object, {
      q: ['1', '2', '3'],
      one: '1',
    });
    Object.defineProperty(query, '__proto__', { value: 'x', enumerable: true });
    expect(seen).toEqual([
      {
        type: 'http',
        header: 'acme',
        params: { room: 'a b' },
        query,
        cookies: { a: '1' },
        ip: '127.0.0.1',
        path: '/chat/a%20b',
        originalUrl: '/chat/a%20b?q=1&q=2&q=3&one=1&__proto__=x',
      },
    ]);
  });

  it('lets guards replace what they find there', async () => {
    const seen: unknown[] = [];
    const replace = guard((context) => {
      const request = context.switchToHttp().getRequest<Record<string, unknown>>();
      const given = Object.fromEntries(
        ['params', 'query', 'cookies', 'ip'].map((name) => [name, {}]),
      );
      Object.assign(request, given);
      seen.push(Object.keys(given).map((name) => request[name] === given[name]));
      return true;
    });
    await serve({ platform, providers: [gatewayWith(replace)] }, async (url) => {
      await (await connectPeer(`${url}/chat/a?q=1`)).close();
    });
    expect(seen).toEqual([[true, true, true, true]]);
  });

  it.each<[WsModuleOptions['globalGuards'], readonly string[]]>([
    ['both', ['http', 'ws']],
    ['handshake', ['http']],
    ['message', ['ws']],
  ])('runs global guards where "%s" says', async (globalGuards, expected) => {
    const seen: string[] = [];
    const record = guard((context) => {
      const isMarked = new Reflector().getAllAndOverride('mark', [
        context.getHandler(),
        context.getClass(),
      ]);
      seen.push(context.getType() + (isMarked === 'marked' ? '' : ' without metadata'));
      return true;
    });
    const type = gatewayWith();
    SetMetadata('mark', 'marked')(type);
    const setup = {
      platform,
      options: { globalGuards },
      providers: [type, { provide: APP_GUARD, useValue: record }],
    };
    await serve(setup, async (url) => {
      const peer = await connectPeer(`${url}/chat/a`);
      await peer.call('who');
      await peer.close();
    });
    expect(seen).toEqual(expected);
  });

  it('checks the Origin once: OriginGuard as a global guard lets messages pass', async () => {
    const providers = [gatewayWith(), { provide: APP_GUARD, useClass: OriginGuard }];
    await serve({ platform, providers }, async (url) => {
      const peer = await connectPeer(`${url}/chat/a`);
      expect(await peer.call('who')).toMatchObject({ op: 'reply' });
      await peer.close();
    });
  });

  it('keeps @UseGuards for messages', async () => {
    const seen: string[] = [];
    const record = guard((context) => seen.push(context.getType()) > 0);
    const type = gatewayWith();
    UseGuards(record)(type);
    await serve({ platform, providers: [type] }, async (url) => {
      const peer = await connectPeer(`${url}/chat/a`);
      expect(seen).toEqual([]);
      await peer.call('who');
      await peer.close();
    });
    expect(seen).toEqual(['ws']);
  });
});

describe('a path of several classes', () => {
  const Public = () => SetMetadata('public', true);

  @WsGateway('/shared')
  @Public()
  @Injectable()
  class Status {
    @WsHandler('status') status(): string {
      return 'fine';
    }
  }
  @WsGateway('/shared')
  @Injectable()
  class Admin {
    @WsHandler('wipe') wipe(): string {
      return 'wiped';
    }
  }

  const loggedIn = guard((context) => Reflect.getMetadata('public', context.getClass()) === true);

  it.each([
    ['first', [Status, Admin]],
    ['last', [Admin, Status]],
  ])('is not opened by the one that is public: it comes %s', (_where, classes) =>
    serve(
      {
        providers: [...classes, { provide: APP_GUARD, useValue: loggedIn }],
        options: { globalGuards: 'handshake' },
      },
      async (url) => expect(await refusedPeer(`${url}/shared`)).toMatchObject({ status: 403 }),
    ),
  );
});

describe('handshake guards and inheritance', () => {
  it('a subclass keeps the guards of its base, and gives it none', async () => {
    const seen: string[] = [];
    const note = (name: string): CanActivate => guard(() => seen.push(name) > 0);

    @WsGateway('/base')
    @UseHandshakeGuards(note('base'))
    @Injectable()
    class Base {}
    @WsGateway('/sub')
    @UseHandshakeGuards(note('sub'))
    @Injectable()
    class Sub extends Base {}
    @WsGateway('/bare')
    @Injectable()
    class Bare extends Base {}

    await serve({ providers: [Base, Sub, Bare] }, async (url) => {
      for (const path of ['/base', '/sub', '/bare']) {
        await (await connectPeer(url + path)).close();
        seen.push(path);
      }
    });
    expect(seen).toEqual(['base', '/base', 'base', 'sub', '/sub', 'base', '/bare']);
  });
});

describe('allowed origins', () => {
  @WsGateway('/wide')
  @AllowOrigins('https://app.example.com')
  @Injectable()
  class Wide {}
  @WsGateway('/narrow')
  @Injectable()
  class Narrow {}

  it('are widened per gateway', () =>
    serve({ providers: [Wide, Narrow] }, async (url) => {
      const origin = 'https://app.example.com';
      await (await connectPeer(`${url}/wide`, { origin })).close();
      expect(await refusedPeer(`${url}/narrow`, { origin })).toMatchObject({ status: 403 });
    }));

  it('may leave out clients that send none', () =>
    serve({ options: { allowMissingOrigin: false }, providers: [Narrow] }, async (url) => {
      expect(await refusedPeer(`${url}/narrow`)).toMatchObject({ status: 403 });
    }));
});

function cyclic(): object {
  const body: Record<string, unknown> = {};
  body['body'] = body;
  return body;
}

interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string | readonly string[]): void;
  write(chunk: string): void;
  end(chunk: string): void;
}
