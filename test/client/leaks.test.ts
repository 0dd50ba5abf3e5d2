import { getEventListeners } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { watchCollections } from '../support/watch-collections.js';
import { watchTimers } from '../support/watch-timers.js';
import { startProxy } from './support/tcp-proxy.js';
import { createClient, nextStatus } from './support/test-client.js';
import { startServer } from './support/test-server.js';

describe('a client that is closed', () => {
  it('leaves no timer', async () => {
    const server = await startServer({ echo: (data) => data });
    const proxy = await startProxy(server);
    const timers = watchTimers();
    const clients = Array.from({ length: 10 }, () => createClient(proxy.url));
    await Promise.all(clients.map((client) => client.request('echo')));
    const reopened = clients.map((client) => nextStatus(client, 'open'));
    proxy.cut();
    await Promise.all(reopened);
    expect(timers.pending).toBeGreaterThanOrEqual(clients.length);
    await Promise.all(clients.map((client) => client.close()));
    await server.whenEmpty();
    expect(timers.pending).toBe(0);
  });

  it('leaves no listener on the page', async () => {
    const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
    vi.stubGlobal('document', page);
    onTestFinished(() => void vi.unstubAllGlobals());
    const server = await startServer({ echo: (data) => data });
    const client = createClient(server.url);
    await client.request('echo');
    const count = (): number[] =>
      ['online', 'offline', 'visibilitychange'].map((type) => getEventListeners(page, type).length);
    expect(count()).toEqual([1, 1, 1]);
    await client.close();
    expect(count()).toEqual([0, 0, 0]);
  });
});

describe('a client that stays open', () => {
  it('keeps nothing for types of pushes that nobody listens to any more', async () => {
    const server = await startServer({ echo: (data) => data });
    const collections = watchCollections();
    const client = createClient(server.url);
    await client.request('echo');
    const before = collections.size;
    const stops = Array.from({ length: 1_000 }, (_, n) => client.on(`room.${n}`, () => undefined));
    expect(collections.size).toBeGreaterThanOrEqual(before + 1_000);
    for (const stop of stops) stop();
    expect(collections.size).toBe(before);
  });
});
