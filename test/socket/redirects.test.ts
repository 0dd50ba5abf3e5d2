import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { UnexpectedResponse, WebSocket } from 'nestjs-wsgate/server';
import { atEnd, dial, next, serve } from './support/serve.js';
import { nextUncaught } from './support/uncaught.js';

/** An HTTP server that answers everything with a redirect. */
async function redirectTo(
  location: (request: IncomingMessage) => string,
): Promise<{ url: string; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const http = createServer((request, response) => {
    requests.push(request);
    response.writeHead(302, { Location: location(request) }).end();
  });
  http.listen(0, '127.0.0.1');
  await next(http, 'listening');
  atEnd(() => http.close());
  return { url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/start`, requests };
}

const secrets = {
  Authorization: 'Bearer secret',
  'Proxy-Authorization': 'Basic secret',
  Cookie: 'sid=secret',
  'X-Harmless': '1',
};

describe('redirects', () => {
  it('are not followed unless asked for', async () => {
    const { url } = await redirectTo(() => '/elsewhere');
    const [error] = await next(dial(url), 'error');
    expect(error).toBeInstanceOf(UnexpectedResponse);
    expect(error).toMatchObject({ statusCode: 302 });
  });

  it('are followed when asked for, to the new URL', async () => {
    const { server, url: target } = await serve();
    const { url } = await redirectTo(() => `${target}found?x=1`);
    const client = dial(url, [], { followRedirects: true });
    const seen: string[] = [];
    client.on('redirect', (to) => seen.push(to));
    const [[, request]] = await Promise.all([next(server, 'connection'), next(client, 'open')]);
    expect((request as IncomingMessage).url).toBe('/found?x=1');
    expect(client.url).toBe(`${target}found?x=1`);
    expect(seen).toEqual([`${target}found?x=1`]);
  });

  it('to another origin carry no credentials, neither as headers nor as option', async () => {
    const { server, url: target } = await serve();
    const { url, requests } = await redirectTo(() => target);
    for (const options of [{ headers: secrets }, { auth: 'ann:secret', headers: {} }]) {
      const client = dial(url, [], { ...options, followRedirects: true });
      const [[, request]] = await Promise.all([next(server, 'connection'), next(client, 'open')]);
      const { headers } = request as IncomingMessage;
      for (const name of ['authorization', 'proxy-authorization', 'cookie']) {
        expect(headers).not.toHaveProperty(name);
      }
      if ('X-Harmless' in options.headers) expect(headers['x-harmless']).toBe('1');
    }
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer secret',
      `Basic ${Buffer.from('ann:secret').toString('base64')}`,
    ]);
  });

  it('do not give credentials back once they have been dropped', async () => {
    const away = await redirectTo(() => home.url.replace('/start', '/back'));
    const home = await redirectTo((request) => (request.url === '/start' ? away.url : '/end'));
    const client = dial(home.url, [], {
      followRedirects: true,
      maxRedirects: 3,
      headers: secrets,
      auth: 'ann:secret',
    });
    await next(client, 'close');
    expect(home.requests.map((each) => each.url)).toEqual(['/start', '/back', '/end']);
    expect(home.requests.map((each) => each.headers.cookie)).toEqual([
      'sid=secret',
      undefined,
      undefined,
    ]);
    expect(home.requests[1].headers).not.toHaveProperty('authorization');
  });

  it('within an origin keep credentials', async () => {
    const { url, requests } = await redirectTo(() => '/again');
    const client = dial(url, [], { followRedirects: true, maxRedirects: 1, headers: secrets });
    await next(client, 'close');
    expect(requests[1].headers).toMatchObject({ cookie: 'sid=secret' });
  });

  it('end after maxRedirects', async () => {
    const { url, requests } = await redirectTo(() => '/again');
    const client = dial(url, [], { followRedirects: true, maxRedirects: 3 });
    const [error] = await next(client, 'error');
    expect(error).toMatchObject({ statusCode: 302 });
    expect(requests).toHaveLength(4);
  });

  it('end after 10 by default', async () => {
    const { url, requests } = await redirectTo(() => '/again');
    await next(dial(url, [], { followRedirects: true }), 'close');
    expect(requests).toHaveLength(11);
  });

  it.each(['ftp://localhost/', 'http://[', 'ws://localhost/#fragment', 'ws://%zz@localhost/'])(
    'to %s are an error',
    async (location) => {
      const { url } = await redirectTo(() => location);
      const client = dial(url, [], { followRedirects: true });
      const closed = next(client, 'close');
      expect((await next(client, 'error'))[0]).toBeInstanceOf(Error);
      expect(await closed).toEqual([1006, '']);
    },
  );

  it('are followed whatever a listener throws', async () => {
    const { url: target } = await serve();
    const { url } = await redirectTo(() => target);
    const client = dial(url, [], { followRedirects: true });
    const thrown = nextUncaught();
    const opened = next(client, 'open');
    client.once('redirect', () => {
      throw new Error('of the application');
    });
    expect((await thrown).message).toBe('of the application');
    await opened;
  });

  it('can be declined by closing the socket', async () => {
    const { server, url: target } = await serve();
    let connections = 0;
    server.on('connection', () => connections++);
    const { url } = await redirectTo(() => target);
    const client = dial(url, [], { followRedirects: true });
    client.on('redirect', () => client.close());
    expect(await next(client, 'close')).toEqual([1006, '']);
    expect(client.readyState).toBe(WebSocket.CLOSED);
    await next(dial(target), 'open');
    expect(connections).toBe(1);
  });
});
