import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { WsClientOptions } from 'nestjs-wsgate/client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ROOT } from '../house/modules.js';
import { describeInChromium } from '../support/chromium.js';
import { bundleForBrowser } from './support/bundle.js';
import { deferred } from '../support/deferred.js';
import { startProxy } from './support/tcp-proxy.js';
import {
  type Handler,
  startServer,
  type TestServer,
  type TestServerOptions,
} from './support/test-server.js';

vi.setConfig({ testTimeout: 60_000 });

describeInChromium('the client', (openBrowser) => {
  let browser: Browser;
  let script: string;

  beforeAll(async () => {
    script = await bundleForBrowser(join(ROOT, 'test/client/support/browser-page.ts'));
    browser = await openBrowser();
  }, 60_000);

  afterAll(() => browser.close());

  /** A server, and a page of its origin with `client` connected to it. */
  async function open(
    handlers: Readonly<Record<string, Handler>>,
    {
      url,
      heartbeat = {},
      ...options
    }: TestServerOptions & {
      readonly url?: (server: TestServer) => Promise<string>;
      readonly heartbeat?: WsClientOptions;
    } = {},
  ): Promise<{ server: TestServer; page: Page }> {
    const server = await startServer({ echo: (data) => data, ...handlers }, { ...options, script });
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(server.url.replace('ws', 'http'));
    const target = url === undefined ? '/chat' : await url(server);
    await page.evaluate(`
      window.client = new WsClient('${target}', { backoff: { minMs: 5, maxMs: 60 }, ...${JSON.stringify(heartbeat)} });
      window.states = [];
      client.onStatus(({ state }) => states.push(state));
      window.next = (state) => new Promise((resolve) => {
        const stop = client.onStatus((status) => {
          if (status.state !== state) return;
          stop();
          resolve(status);
        });
      });
      window.reached = async (state) => (client.status.state === state ? client.status : next(state));
    `);
    return { server, page };
  }

  it('calls, streams and listens, over a URL relative to the page', async () => {
    const ended = deferred();
    const { server, page } = await open({
      async *count() {
        try {
          for (let n = 0; ; n++) yield n;
        } finally {
          ended.resolve();
        }
      },
    });
    expect(await page.evaluate(`client.request('echo', { text: 'hé' })`)).toEqual({ text: 'hé' });
    const items = await page.evaluate(`(async () => {
      const items = [];
      for await (const item of client.stream('count', undefined, { credit: 4 })) {
        items.push(item);
        if (item === 20) break;
      }
      return items;
    })()`);
    expect(items).toEqual(Array.from({ length: 21 }, (_, n) => n));
    await ended.promise;
    await page.evaluate(
      `window.news = new Promise((resolve) => client.on('news', resolve)); undefined`,
    );
    server.server.broadcast('news', { n: 1 });
    expect(await page.evaluate('news')).toEqual({ n: 1 });
    expect(server.requests[0]?.url).toBe('/chat');
    expect(await page.evaluate(`client.close().then(() => client.callsInFlight)`)).toBe(0);
  });

  it('survives a restart of the server', async () => {
    const { server, page } = await open({});
    await page.evaluate(`client.request('echo', 1)`);
    await server.crash();
    await page.evaluate(`reached('waiting')`);
    const call = page.evaluate(`client.request('echo', 'after')`);
    await server.start();
    await expect(call).resolves.toBe('after');
    expect(await page.evaluate('states.at(-1)')).toBe('open');
  });

  it('moves over at goaway without losing a call', async () => {
    const started = deferred();
    const answer = deferred<string>();
    const { server, page } = await open({
      wait: () => {
        started.resolve();
        return answer.promise;
      },
    });
    const slow = page.evaluate(`client.request('wait')`);
    await started.promise;
    await page.evaluate(`window.moved = next('open'); undefined`);
    const drained = server.session.drain({ timeout: 5_000, grace: 5_000, reason: undefined });
    await page.evaluate('moved');
    expect(await page.evaluate(`client.request('echo', 'new')`)).toBe('new');
    answer.resolve('old');
    await expect(slow).resolves.toBe('old');
    await drained;
    expect(server.sessions).toHaveLength(2);
  });

  it('stops at 4401, and starts again when asked', async () => {
    const { server, page } = await open({});
    await page.evaluate(`client.request('echo')`);
    server.session.close(4401, 'expired');
    const status = await page.evaluate(`reached('stopped')`);
    expect(status).toMatchObject({ end: { code: 4401, reason: 'expired' } });
    await page.evaluate(`client.connect()`);
    expect(await page.evaluate(`client.request('echo', 1)`)).toBe(1);
  });

  it('notices a network that was cut without a word', async () => {
    const proxied = deferred<Awaited<ReturnType<typeof startProxy>>>();
    const { page } = await open(
      {},
      {
        heartbeat: { heartbeatIntervalMs: 50, heartbeatTimeoutMs: 500 },
        url: async (server) => {
          const proxy = await startProxy(server);
          proxied.resolve(proxy);
          return proxy.url;
        },
      },
    );
    await page.evaluate(`client.request('echo')`);
    const proxy = await proxied.promise;
    await page.evaluate(`window.lost = next('waiting'); undefined`);
    proxy.stall();
    const status = await page.evaluate('lost');
    expect(status).toMatchObject({ end: { reason: 'no sign of life' } });
    expect(await page.evaluate(`client.request('echo', 1)`)).toBe(1);
  });

  it.each([
    ['the network is back', (page: Page) => goOfflineAndBack(page)],
    [
      'the user is back at the page',
      (page: Page) => page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`),
    ],
  ])('tries at once when %s', async (_moment, happen) => {
    let isRefusing = true;
    const { page } = await open({}, { refuse: () => (isRefusing ? 503 : undefined) });
    await page.evaluate(`
      client.close();
      window.client = new WsClient('/', { backoff: { minMs: 3600000, maxMs: 3600000 }, random: () => 1 });
    `);
    await page.evaluate(`reached('waiting')`);
    isRefusing = false;
    await happen(page);
    await page.evaluate(`reached('open')`);
    expect(await page.evaluate(`client.request('echo', 1)`)).toBe(1);
  });

  describe('a page that was frozen for longer than a silent server has', () => {
    const heartbeat = { heartbeatIntervalMs: 100, heartbeatTimeoutMs: 400 };
    const aSecond = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1_000));

    it('keeps its connection, and hears what was said meanwhile', async () => {
      const { server, page } = await open({}, { heartbeat });
      await page.evaluate(`window.news = []; client.on('news', (data) => news.push(data))`);
      await page.evaluate(`client.request('echo')`);
      const thaw = await freeze(page);
      server.server.broadcast('news', 1);
      await aSecond();
      await thaw();
      expect(await page.evaluate(`client.request('echo', 1)`)).toBe(1);
      expect(await page.evaluate('[news, states]')).toEqual([[1], ['open']]);
      expect(server.sessions).toHaveLength(1);
    });

    it('comes back where the server has gone meanwhile', async () => {
      const { server, page } = await open({}, { heartbeat });
      await page.evaluate(`client.request('echo')`);
      const thaw = await freeze(page);
      await server.crash();
      await server.start();
      await aSecond();
      await thaw();
      expect(await page.evaluate(`client.request('echo', 1)`)).toBe(1);
      expect(server.sessions).toHaveLength(1);
    });
  });

  it('says that headers cannot be set', async () => {
    const { page } = await open({});
    const message = await page.evaluate(`
      new WsClient('/', { auth: () => ({ headers: { cookie: 'a' } }) })
        .connect().catch(({ end }) => end.error.message)`);
    expect(message).toBe('headers: a browser sends none of yours');
  });
});

/**
 * Holds everything the page would run, as a browser does with a hidden page, until it is thawed. The
 * worst moment for it: the server has just been asked for a sign of life.
 */
async function freeze(page: Page): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Debugger.enable');
  const frozen = new Promise((resolve) => session.once('Debugger.paused', resolve));
  const held = page.evaluate(`document.dispatchEvent(new Event('visibilitychange')); debugger;`);
  await frozen;
  return async () => {
    await session.send('Debugger.resume');
    await held;
    await session.detach();
  };
}

async function goOfflineAndBack(page: Page): Promise<void> {
  await page.context().setOffline(true);
  await page.context().setOffline(false);
}
