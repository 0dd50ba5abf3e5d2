import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { UseHandshakeGuards, WsConn, type WsConnection, WsGateway, WsHandler } from 'nestjs-wsgate';
import { serveApp } from '../support/gateway-app.js';
import { connectPeer } from '../support/ws-peer.js';

/** What a connection says of its query and cookies, twice, where a guard has done this to the request. */
async function askAfter(
  act: (request: Record<string, unknown>) => void,
  path: string,
  cookie: string,
): Promise<unknown> {
  const guard: CanActivate = {
    canActivate(context: ExecutionContext) {
      act(context.switchToHttp().getRequest<Record<string, unknown>>());
      return true;
    },
  };
  @WsGateway('/said')
  @UseHandshakeGuards(guard)
  @Injectable()
  class Said {
    @WsHandler('what') what(@WsConn() { query, cookies }: WsConnection): unknown {
      return { query, cookies };
    }
  }
  const { app, url } = await serveApp({ providers: [Said] });
  try {
    const peer = await connectPeer(`${url}${path}`, { headers: { cookie } });
    const first = await peer.call('what');
    expect((await peer.call('what'))['data']).toEqual(first['data']);
    return first['data'];
  } finally {
    await app.close();
  }
}

describe('the query and the cookies of a connection', () => {
  const AS_SENT = { query: { a: ['1', '2'] }, cookies: { b: '3' } };

  it('are what the client sent, whether a guard has read them or not', async () => {
    const look = ({ query, cookies }: Record<string, unknown>): void =>
      expect({ query: { ...(query as object) }, cookies: { ...(cookies as object) } }).toEqual(
        AS_SENT,
      );
    expect(await askAfter(() => undefined, '/said?a=1&a=2', 'b=3')).toEqual(AS_SENT);
    expect(await askAfter(look, '/said?a=1&a=2', 'b=3')).toEqual(AS_SENT);
  });

  it('are what a guard has put in their place', async () => {
    const replace = (request: Record<string, unknown>): void => {
      request['query'] = { a: 'other' };
      request['cookies'] = {};
    };
    expect(await askAfter(replace, '/said?a=1', 'b=3')).toEqual({
      query: { a: 'other' },
      cookies: {},
    });
  });

  it('are empty where there are none', async () => {
    expect(await askAfter(() => undefined, '/said?', '')).toEqual({ query: {}, cookies: {} });
  });

  it('are read up to a thousand names of a query', async () => {
    const names = Array.from({ length: 1_001 }, (_, at) => `n${at}`);
    const { query } = (await askAfter(() => undefined, `/said?${names.join('&')}`, 'b=3')) as {
      readonly query: object;
    };
    expect(Object.keys(query)).toEqual(names.slice(0, 1_000));
  });
});
