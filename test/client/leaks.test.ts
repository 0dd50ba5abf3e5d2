import { getEventListeners } from 'node:events';
import { queryObjects } from 'node:v8';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startProxy } from './support/tcp-proxy.js';
import { createClient, nextStatus } from './support/test-client.js';
import { startServer } from './support/test-server.js';

function countTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

describe('a client that is closed', () => {
  it('leaves no timer', async () => {
    const server = await startServer({ echo: (data) => data });
    const proxy = await startProxy(server);
    const before = countTimers();
    const clients = Array.from({ length: 10 }, () => createClient(proxy.url));
    await Promise.all(clients.map((client) => client.request('echo')));
    const reopened = clients.map((client) => nextStatus(client, 'open'));
    proxy.cut();
    await Promise.all(reopened);
    // One more or less is the test runner's.
    expect(countTimers()).toBeGreaterThanOrEqual(before + 9);
    await Promise.all(clients.map((client) => client.close()));
    await server.whenIdle();
    expect(countTimers()).toBeLessThanOrEqual(before + 1);
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
    const client = createClient(server.url);
    await client.request('echo');
    const before = queryObjects(Set, { format: 'count' });
    for (let n = 0; n < 1_000; n++) client.on(`room.${n}`, () => undefined)();
    // Some more or less are the test runner's.
    expect(queryObjects(Set, { format: 'count' })).toBeLessThan(before + 100);
  });
});
