import { promisify } from 'node:util';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  HttpCode,
  Injectable,
  type INestApplication,
  Post,
  Query,
  Req,
  UnauthorizedException,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import fastifyCookie from '@fastify/cookie';
import fastifySession from '@fastify/session';
import session, { MemoryStore } from 'express-session';
import {
  CookieGuard,
  UseHandshakeGuards,
  WsGateway,
  WsHandler,
  WsServer,
  WsUser,
} from 'nestjs-wsgate';
import { Subject } from 'rxjs';
import { deferred } from '../../support/deferred.js';
import { type AppSetup, ours, type Platform } from '../support/serve.js';

const SECRET = 'a secret of thirty-two characters or more';

/** Who is logged in. */
interface User {
  readonly id: string;
}

/** What of a request of either framework is used. */
interface SessionRequest {
  readonly session: { user?: User; destroy(callback: (error?: unknown) => void): void };
  user?: User;
}

/** What a test sees of the application. */
export class Office {
  readonly store = new MemoryStore();
  readonly begun = deferred();
  readonly gate = deferred();
  readonly prices = new Subject<number>();
  readonly closes: string[] = [];
}

/** An application with HTTP sessions, and gateways that only who has one may open. */
export function sessionApp(platform: Platform, office: Office, every = 0): AppSetup {
  const middleware = session({
    secret: SECRET,
    resave: false,
    saveUninitialized: false,
    store: office.store,
  });

  @Injectable()
  class ExpressGuard implements CanActivate {
    async canActivate(context: ExecutionContext): Promise<boolean> {
      const http = context.switchToHttp();
      const request = http.getRequest<SessionRequest>();
      await promisify(middleware)(request as never, http.getResponse());
      if (request.session.user === undefined) throw new UnauthorizedException();
      request.user = request.session.user;
      return true;
    }
  }

  @Injectable()
  class FastifyGuard extends CookieGuard<User> {
    constructor() {
      super({ cookie: 'sessionId', secrets: SECRET });
    }
    async authenticate(id: string): Promise<User | undefined> {
      const found = await promisify(office.store.get.bind(office.store))(id);
      return (found as { user?: User } | null | undefined)?.user;
    }
  }

  const SessionGuard = platform === 'express' ? ExpressGuard : FastifyGuard;

  @WsGateway({ path: '/chat', recheck: { every } })
  @UseHandshakeGuards(SessionGuard)
  class Chat {
    @WsHandler('who') who(@WsUser('id') id: string): string {
      return id;
    }
    @WsHandler('wait') async wait(): Promise<string> {
      office.begun.resolve();
      await office.gate.promise;
      return 'too late';
    }
    onWsClose(connection: { readonly user: unknown }, { code }: { readonly code: number }): void {
      office.closes.push(`${(connection.user as User).id} ${code}`);
    }
  }

  @WsGateway('/prices')
  @UseHandshakeGuards(SessionGuard)
  class Prices {
    @WsHandler('watch') watch(): unknown {
      return office.prices;
    }
  }

  /** Open to everybody: its connections have no user. */
  @WsGateway('/public')
  class Public {
    @WsHandler('hello') hello(): string {
      return 'hello';
    }
  }

  @Controller()
  class Sessions {
    constructor(private readonly server: WsServer) {}

    @Post('login')
    @HttpCode(200)
    logIn(@Req() request: SessionRequest, @Query('name') name: string): void {
      request.session.user = { id: name };
    }

    @Post('logout')
    @HttpCode(200)
    async logOut(@Req() request: SessionRequest): Promise<number> {
      const { user } = request.session;
      if (user === undefined) throw new UnauthorizedException();
      await promisify(request.session.destroy.bind(request.session))();
      return this.server.disconnect(
        (connection) => (connection.user as User).id === user.id,
        4401,
        'logged out',
      );
    }
  }

  const configure = async (app: INestApplication): Promise<void> => {
    if (platform === 'express') return void app.use(middleware);
    const fastify = app.get(HttpAdapterHost).httpAdapter.getInstance<{
      register(plugin: unknown, options?: object): Promise<unknown>;
    }>();
    await fastify.register(fastifyCookie);
    const { store } = office;
    await fastify.register(fastifySession, { secret: SECRET, cookie: { secure: false }, store });
  };

  return ours({
    platform,
    configure,
    controllers: [Sessions],
    providers: [Chat, Prices, Public, ExpressGuard, FastifyGuard],
  });
}

/** Logs in over HTTP; answers with the cookie to send. */
export async function logIn(url: string, name: string): Promise<string> {
  const response = await fetch(`${url.replace('ws', 'http')}/login?name=${name}`, {
    method: 'POST',
  });
  const [cookie = ''] = response.headers.getSetCookie();
  return cookie.split(';')[0];
}

/** Logs out over HTTP; answers with how many WebSockets that closed. */
export async function logOut(url: string, cookie: string): Promise<unknown> {
  const response = await fetch(`${url.replace('ws', 'http')}/logout`, {
    method: 'POST',
    headers: { cookie },
  });
  return response.json();
}
