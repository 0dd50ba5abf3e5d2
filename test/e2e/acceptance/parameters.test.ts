import {
  type CanActivate,
  createParamDecorator,
  DefaultValuePipe,
  type ExecutionContext,
  Injectable,
  ParseIntPipe,
  UnauthorizedException,
} from '@nestjs/common';
import {
  UseHandshakeGuards,
  WsConn,
  type WsConnection,
  WsCookie,
  WsGateway,
  WsHandler,
  WsHeader,
  WsParam,
  WsPayload,
  WsQuery,
  WsUser,
} from 'nestjs-wsgate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { connectPeer, refusedPeer, type WsPeer } from '../../nest/support/ws-peer.js';
import { ours, PLATFORMS, type Served, start } from '../support/serve.js';

interface User {
  readonly id: number;
  readonly name: string;
}

/** Shaped like Passport's JWT guard: a header in, `request.user` out, 401 by exception. */
@Injectable()
class JwtGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context
      .switchToHttp()
      .getRequest<{ headers: Readonly<Record<string, string | undefined>>; user?: User }>();
    const [scheme, token = ''] = (request.headers['authorization'] ?? '').split(' ');
    if (scheme !== 'Bearer' || !token.startsWith('good.')) throw new UnauthorizedException();
    request.user = JSON.parse(Buffer.from(token.slice(5), 'base64url').toString('utf8')) as User;
    return true;
  }
}

/** As every HTTP application has it. */
const CurrentUser = createParamDecorator(
  (prop: keyof User | undefined, context: ExecutionContext) => {
    const { user } = context.switchToHttp().getRequest<{ readonly user: User }>();
    return prop === undefined ? user : user[prop];
  },
);

const Client = createParamDecorator((_data: unknown, context: ExecutionContext) => ({
  id: context.switchToWs().getClient<WsConnection>().id,
  data: context.switchToWs().getData<unknown>(),
  pattern: context.switchToWs().getPattern(),
  type: context.getType<string>(),
  handler: context.getHandler().name,
  class: context.getClass().name,
}));

const Search = z.object({ text: z.string().trim().min(1), limit: z.coerce.number().default(10) });

@WsGateway('/shops/:shop/orders/:order')
@UseHandshakeGuards(JwtGuard)
class Parameters {
  @WsHandler('user') user(@WsUser() user: User, @WsUser('name') name: string): unknown {
    return { user, name };
  }
  @WsHandler('custom') custom(
    @CurrentUser() user: User,
    @CurrentUser('id') id: number,
    @Client() client: unknown,
  ): unknown {
    return { user, id, client };
  }
  @WsHandler('path') path(
    @WsParam() all: unknown,
    @WsParam('shop') shop: string,
    @WsParam('order', ParseIntPipe) order: number,
    @WsParam('none') none: unknown,
  ): unknown {
    return { all, shop, order, none: none === undefined };
  }
  @WsHandler('query') query(
    @WsQuery() all: unknown,
    @WsQuery('tag') tag: unknown,
    @WsQuery('page', new DefaultValuePipe('7'), ParseIntPipe) page: number,
  ): unknown {
    return { all, tag, page };
  }
  @WsHandler('headers') headers(
    @WsHeader('X-Tenant') tenant: string,
    @WsHeader() all: Readonly<Record<string, string>>,
  ): unknown {
    return { tenant, same: all['x-tenant'] };
  }
  @WsHandler('cookies') cookies(
    @WsCookie('theme') theme: string,
    @WsCookie() all: unknown,
  ): unknown {
    return { theme, all };
  }
  @WsHandler('payload') payload(
    @WsPayload() all: unknown,
    @WsPayload('count', ParseIntPipe) count: number,
  ): unknown {
    return { all, count };
  }
  @WsHandler('schema') schema(@WsPayload({ schema: Search }) search: unknown): unknown {
    return search;
  }
  @WsHandler('connection') connection(@WsConn() connection: WsConnection<User>): unknown {
    connection.data['visits'] = Number(connection.data['visits'] ?? 0) + 1;
    const { path, params, query, cookies, ip, origin, user, protocol, readyState } = connection;
    return {
      known: { path, params, query, cookies, ip, origin, user, protocol, readyState },
      hasId: connection.id.length > 0,
      visits: connection.data['visits'],
      rooms: [...connection.rooms],
      bufferedAmount: connection.bufferedAmount,
    };
  }
  @WsHandler('undecorated') undecorated(connection: WsConnection, payload: unknown): unknown {
    return { path: connection.path, payload };
  }
}

describe.each(PLATFORMS)('parameters, on %s', (platform) => {
  const ADA: User = { id: 1, name: 'Ada' };
  let served: Served;
  let peer: WsPeer;

  beforeAll(async () => {
    served = await start(ours({ platform, providers: [Parameters] }));
    const token = Buffer.from(JSON.stringify(ADA)).toString('base64url');
    peer = await connectPeer(`${served.url}/shops/tea%20shop/orders/42?tag=a&tag=b`, {
      headers: {
        authorization: `Bearer good.${token}`,
        cookie: 'theme=dark; lang=en',
        'x-tenant': 'acme',
      },
    });
  });
  afterAll(() => served.app.close());

  async function read(type: string, data?: unknown): Promise<unknown> {
    return (await peer.call(type, data))['data'];
  }

  it('a guard written for HTTP decides about the handshake', async () => {
    expect(await refusedPeer(`${served.url}/shops/a/orders/1`)).toMatchObject({ status: 401 });
  });

  it('@WsUser is who the guard found', async () => {
    expect(await read('user')).toEqual({ user: ADA, name: 'Ada' });
  });

  it('custom decorators written for HTTP work, and see a ws context', async () => {
    expect(await read('custom', { a: 1 })).toEqual({
      user: ADA,
      id: 1,
      client: {
        id: expect.any(String) as unknown,
        data: { a: 1 },
        pattern: 'custom',
        type: 'ws',
        handler: 'custom',
        class: 'Parameters',
      },
    });
  });

  it('@WsParam', async () => {
    expect(await read('path')).toEqual({
      all: { shop: 'tea shop', order: '42' },
      shop: 'tea shop',
      order: 42,
      none: true,
    });
  });

  it('@WsQuery', async () => {
    expect(await read('query')).toEqual({ all: { tag: ['a', 'b'] }, tag: ['a', 'b'], page: 7 });
  });

  it('@WsHeader', async () => {
    expect(await read('headers')).toEqual({ tenant: 'acme', same: 'acme' });
  });

  it('@WsCookie', async () => {
    expect(await read('cookies')).toEqual({ theme: 'dark', all: { theme: 'dark', lang: 'en' } });
  });

  it('@WsPayload, whole and in part, with pipes', async () => {
    expect(await read('payload', { count: '5' })).toEqual({ all: { count: '5' }, count: 5 });
    expect(await peer.call('payload', { count: 'x' })).toMatchObject({ error: { status: 400 } });
    expect(await peer.call('payload', { __proto__: null })).toMatchObject({ op: 'error' });
  });

  it('@WsPayload with a Standard Schema', async () => {
    expect(await read('schema', { text: ' tea ', more: 1 })).toEqual({ text: 'tea', limit: 10 });
    expect(await peer.call('schema', { text: ' ' })).toMatchObject({
      error: { code: 'VALIDATION', status: 400, details: [{ path: 'text' }] },
    });
  });

  it('@WsConn has everything there is to know', async () => {
    await read('connection');
    expect(await read('connection')).toEqual({
      known: {
        path: '/shops/tea%20shop/orders/42',
        params: { shop: 'tea shop', order: '42' },
        query: { tag: ['a', 'b'] },
        cookies: { theme: 'dark', lang: 'en' },
        ip: '127.0.0.1',
        user: ADA,
        protocol: '',
        readyState: 1,
      },
      hasId: true,
      visits: 2,
      rooms: [],
      bufferedAmount: 0,
    });
  });

  it('a method without decorators gets the connection and the payload', async () => {
    expect(await read('undecorated', 1)).toEqual({
      path: '/shops/tea%20shop/orders/42',
      payload: 1,
    });
  });
});
