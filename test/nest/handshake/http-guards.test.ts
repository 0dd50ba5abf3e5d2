import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  type INestApplication,
  Logger,
  Post,
  Req,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import fastifyCookie from '@fastify/cookie';
import fastifySession from '@fastify/session';
import session, { MemoryStore } from 'express-session';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  CookieGuard,
  UseHandshakeGuards,
  type WsConnection,
  WsGateway,
  WsHandler,
  WsUser,
} from '../../../lib/index.js';
import { type AppSetup, PLATFORMS, serveApp } from '../support/gateway-app.js';
import { connectPeer, refusedPeer } from '../support/ws-peer.js';

const SECRET = 'a secret of thirty-two characters or more';

async function serve<T>(setup: AppSetup, test: (url: string) => Promise<T>): Promise<T> {
  const { app, url } = await serveApp(setup);
  try {
    return await test(url);
  } finally {
    await app.close();
  }
}

/** Logs in over HTTP; answers with the cookie to send. */
async function logIn(url: string): Promise<string> {
  const response = await fetch(`${url.replace('ws', 'http')}/login`, { method: 'POST' });
  const [cookie = ''] = response.headers.getSetCookie();
  return cookie.split(';')[0];
}

beforeAll(() => Logger.overrideLogger(false));

describe.each(PLATFORMS)('a JWT guard written for HTTP on %s', (platform) => {
  /** Shaped like Passport's `AuthGuard('jwt')`: header in, `request.user` out, 401 by exception. */
  @Injectable()
  class JwtGuard implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      const request = context.switchToHttp().getRequest<Record<string, unknown>>();
      const headers = request['headers'] as Readonly<Record<string, string | undefined>>;
      const [head, body, signature] = (headers['authorization'] ?? '').slice(7).split('.');
      const expected = createHmac('sha256', SECRET).update(`${head}.${body}`).digest('base64url');
      if (body === undefined || signature !== expected) throw new UnauthorizedException('no token');
      request['user'] = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
      return true;
    }
  }

  function createToken(payload: object): string {
    const text = `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
    return `Bearer ${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`;
  }

  @Controller()
  class MeController {
    @Get('me')
    @UseGuards(JwtGuard)
    me(@Req() request: { readonly user: unknown }): unknown {
      return request.user;
    }
  }

  @WsGateway('/me')
  @UseHandshakeGuards(JwtGuard)
  @UseGuards(JwtGuard)
  @Injectable()
  class MeGateway {
    @WsHandler('me') me(@WsUser() user: unknown): unknown {
      return user;
    }
  }

  it('works unchanged, over HTTP, at the handshake and per message', () =>
    serve({ platform, controllers: [MeController], providers: [MeGateway] }, async (url) => {
      const headers = { authorization: createToken({ sub: 'ann' }) };
      const response = await fetch(`${url.replace('ws', 'http')}/me`, { headers });
      expect(await response.json()).toEqual({ sub: 'ann' });
      const peer = await connectPeer(`${url}/me`, { headers });
      expect(await peer.call('me')).toMatchObject({ op: 'reply', data: { sub: 'ann' } });
      await peer.close();
      const forged = { authorization: `${headers.authorization}x` };
      expect(await refusedPeer(`${url}/me`, { headers: forged })).toMatchObject({
        status: 401,
        body: '{"message":"no token","error":"Unauthorized","statusCode":401}',
      });
    }));
});

describe('an express-session application', () => {
  const middleware = session({
    secret: SECRET,
    resave: false,
    saveUninitialized: false,
    rolling: true,
    store: new MemoryStore(),
  });

  @Controller()
  class LoginController {
    @Post('login') logIn(@Req() request: { readonly session: Record<string, unknown> }): void {
      request.session['user'] = 'ann';
    }
  }

  /** Runs the application's own session middleware on the upgrade request. */
  @Injectable()
  class SessionGuard implements CanActivate {
    async canActivate(context: ExecutionContext): Promise<boolean> {
      const http = context.switchToHttp();
      const request = http.getRequest<{ session: Record<string, unknown>; user?: unknown }>();
      await new Promise<void>((resolve, reject) => {
        const next = (error?: unknown): void =>
          error ? reject(new Error('no session', { cause: error })) : resolve();
        middleware(request as never, http.getResponse(), next);
      });
      if (request.session['user'] === undefined) throw new UnauthorizedException();
      request.user = request.session['user'];
      return true;
    }
  }

  @WsGateway('/me')
  @UseHandshakeGuards(SessionGuard)
  @Injectable()
  class MeGateway {
    @WsHandler('me') me(connection: WsConnection): unknown {
      return [connection.user, (connection.session as { user: unknown }).user];
    }
  }

  const setup: AppSetup = {
    controllers: [LoginController],
    providers: [MeGateway],
    configure: (app) => app.use(middleware),
  };

  it('shares its sessions with a gateway, and rolls their cookies on the 101', () =>
    serve(setup, async (url) => {
      const cookie = await logIn(url);
      const peer = await connectPeer(`${url}/me`, { headers: { cookie } });
      expect(await peer.call('me')).toMatchObject({ data: ['ann', 'ann'] });
      expect(peer.headers['set-cookie']?.[0]).toContain(cookie);
      await peer.close();
    }));

  it('refuses who has no session, and a forged one', () =>
    serve(setup, async (url) => {
      const cookie = await logIn(url);
      for (const forged of ['', `${cookie}x`, 'connect.sid=s%3Aabc.def']) {
        const refusal = await refusedPeer(`${url}/me`, { headers: { cookie: forged } });
        expect(refusal).toMatchObject({ status: 401 });
      }
    }));
});

describe('a @fastify/session application', () => {
  interface Store {
    get(id: string, callback: (error: unknown, session?: { user?: string }) => void): void;
  }
  const store = new MemoryStore() as unknown as Store;

  @Controller()
  class LoginController {
    @Post('login') logIn(
      @Req() request: { readonly session: { set(key: string, value: unknown): void } },
    ): void {
      request.session.set('user', 'ann');
    }
  }

  @Injectable()
  class SessionGuard extends CookieGuard<string> {
    constructor() {
      super({ cookie: 'sessionId', secrets: SECRET });
    }
    authenticate(id: string): Promise<string | undefined> {
      return new Promise((resolve, reject) => {
        store.get(id, (error, found) =>
          error ? reject(new Error('no session', { cause: error })) : resolve(found?.user),
        );
      });
    }
  }

  @WsGateway('/me')
  @UseHandshakeGuards(SessionGuard)
  @Injectable()
  class MeGateway {
    @WsHandler('me') me(connection: WsConnection): unknown {
      return connection.user;
    }
  }

  async function configure(app: INestApplication): Promise<void> {
    const fastify = app.get(HttpAdapterHost).httpAdapter.getInstance<{
      register(plugin: unknown, options?: object): Promise<unknown>;
    }>();
    await fastify.register(fastifyCookie);
    await fastify.register(fastifySession, { secret: SECRET, cookie: { secure: false }, store });
  }

  it('shares its sessions with a gateway through the session cookie', () =>
    serve(
      { platform: 'fastify', controllers: [LoginController], providers: [MeGateway], configure },
      async (url) => {
        const cookie = await logIn(url);
        const peer = await connectPeer(`${url}/me`, { headers: { cookie } });
        expect(await peer.call('me')).toMatchObject({ data: 'ann' });
        await peer.close();
        const forged = { headers: { cookie: `${cookie}x` } };
        expect(await refusedPeer(`${url}/me`, forged)).toMatchObject({ status: 401 });
      },
    ));
});

describe.each([
  ['express', ['set', 'header', 'setHeader', 'append', 'appendHeader', 'cookie']],
  ['fastify', ['header', 'setHeader', 'appendHeader']],
] as const)('a global guard that sets headers for every request, on %s', (platform, methods) => {
  it.each(methods)('lets messages pass as it does the handshake: %s', (method) => {
    const guard: CanActivate = {
      canActivate: (context) => {
        const response = context.switchToHttp().getResponse<HeaderSetter>();
        response[method]('X-Set', 'yes');
        return true;
      },
    };
    @WsGateway('/set')
    @Injectable()
    class SetGateway {
      @WsHandler('hello') hello(): string {
        return 'hi';
      }
    }
    const setup: AppSetup = {
      platform,
      providers: [SetGateway],
      configure: (app) => app.useGlobalGuards(guard),
    };
    return serve(setup, async (url) => {
      const peer = await connectPeer(`${url}/set`);
      const { 'x-set': header, 'set-cookie': cookies } = peer.headers;
      expect(method === 'cookie' ? cookies?.[0] : header).toMatch(/yes/);
      expect(await peer.call('hello')).toMatchObject({ data: 'hi' });
    });
  });
});

type HeaderSetter = Readonly<Record<string, (name: string, value: string) => void>>;

describe('a guard that uses the methods of Express', () => {
  @Injectable()
  class ExpressGuard implements CanActivate {
    canActivate(context: ExecutionContext): Promise<boolean> {
      const response = context.switchToHttp().getResponse<ExpressResponse>();
      response.cookie('seen', 'yes').status(418).json({ tea: true });
      return new Promise(() => undefined);
    }
  }

  @WsGateway('/tea')
  @UseHandshakeGuards(ExpressGuard)
  @Injectable()
  class TeaGateway {}

  it('finds them', () =>
    serve({ providers: [TeaGateway] }, async (url) => {
      const refusal = await refusedPeer(`${url}/tea`);
      expect(refusal).toMatchObject({ status: 418, body: '{"tea":true}' });
      expect(refusal.headers['set-cookie']).toEqual(['seen=yes; Path=/']);
      expect(refusal.headers['content-type']).toBe('application/json; charset=utf-8');
    }));
});

describe('a guard that uses the methods of Fastify', () => {
  @Injectable()
  class FastifyGuard implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      const http = context.switchToHttp();
      const { hostname, host, query } = http.getRequest<FastifyRequest>();
      const reply = http.getResponse<FastifyReply>();
      reply.header('X-Host', hostname).headers({ 'X-Asked': host, 'Set-Cookie': 'a=1' });
      reply.raw.setHeader('X-Raw', 'yes');
      if (query.how === 'tea') reply.header('set-cookie', 'b=2').code(418).send({ tea: true });
      if (query.how === 'text') reply.status(403).type('text/plain').send('no');
      if (query.how === 'login') reply.redirect('/login');
      if (query.how === 'throw') throw new UnauthorizedException();
      return true;
    }
  }

  @WsGateway('/tea')
  @UseHandshakeGuards(FastifyGuard)
  @Injectable()
  class TeaGateway {}

  const asked = { headers: { Host: 'tea.example:8080' } };
  const rows: readonly (readonly [string, number, string, Readonly<Record<string, unknown>>])[] = [
    [
      'tea',
      418,
      '{"tea":true}',
      { 'content-type': 'application/json; charset=utf-8', 'set-cookie': ['a=1', 'b=2'] },
    ],
    ['text', 403, 'no', { 'content-type': 'text/plain' }],
    ['login', 302, '', { location: '/login' }],
    ['throw', 401, '{"message":"Unauthorized","statusCode":401}', { 'set-cookie': ['a=1'] }],
  ];

  it.each(rows)('refuses with them: %s', (how, status, body, headers) =>
    serve({ platform: 'fastify', providers: [TeaGateway] }, async (url) => {
      const refusal = await refusedPeer(`${url}/tea?how=${how}`, asked);
      expect(refusal).toMatchObject({ status, body, headers });
    }),
  );

  it('sets headers of the 101 with them', () =>
    serve({ platform: 'fastify', providers: [TeaGateway] }, async (url) => {
      const { headers } = await connectPeer(`${url}/tea`, asked);
      expect(headers).toMatchObject({
        'x-host': 'tea.example',
        'x-asked': 'tea.example:8080',
        'x-raw': 'yes',
        'set-cookie': ['a=1'],
      });
    }));
});

interface FastifyRequest {
  readonly host: string;
  readonly hostname: string;
  readonly query: { readonly how?: string };
}

interface FastifyReply {
  readonly raw: ServerResponse;
  header(name: string, value: string): FastifyReply;
  headers(values: Readonly<Record<string, string>>): FastifyReply;
  code(status: number): FastifyReply;
  status(status: number): FastifyReply;
  type(contentType: string): FastifyReply;
  redirect(url: string): FastifyReply;
  send(payload: unknown): FastifyReply;
}

interface ExpressResponse {
  cookie(name: string, value: string): ExpressResponse;
  status(code: number): ExpressResponse;
  json(body: object): void;
}
