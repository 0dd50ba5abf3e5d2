import { Logger } from '@nestjs/common';
import { WsClient, type WsStatus } from 'nestjs-wsgate/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { until } from '../../support/until.js';
import { PLATFORMS, type Served, start } from '../support/serve.js';
import { refusedPeer } from '../../nest/support/ws-peer.js';
import { logIn, logOut, Office, sessionApp } from './session-app.js';

const FAST = { minMs: 1, maxMs: 10 };

describe.each(PLATFORMS)('logging out, on %s', (platform) => {
  let office: Office;
  let served: Served;
  let clients: WsClient[];

  beforeEach(() => {
    office = new Office();
    clients = [];
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    office.gate.resolve();
    await Promise.all(clients.map((client) => client.close()));
    await served.app.close();
  });

  async function connect(path: string, cookie: string): Promise<WsClient> {
    const socket = { headers: { cookie } };
    const client = new WsClient(served.url + path, { socket, backoff: FAST });
    clients.push(client);
    await client.connect();
    return client;
  }

  /** Resolves when the client has given up. */
  function stopped(client: WsClient): Promise<WsStatus> {
    return new Promise((resolve) => {
      client.onStatus((status) => {
        if (status.state === 'stopped') resolve(status);
      });
    });
  }

  it("ends all of a user's WebSockets, on every gateway, and nobody else's", async () => {
    served = await start(sessionApp(platform, office));
    const error = vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    const ann = await logIn(served.url, 'ann');
    const phone = await logIn(served.url, 'ann');
    const bob = await logIn(served.url, 'bob');
    const hers = [
      await connect('/chat', ann),
      await connect('/chat', phone),
      await connect('/prices', ann),
    ];
    const his = await connect('/chat', bob);
    const anybody = await connect('/public', '');
    const statuses: string[] = [];
    for (const client of hers) client.onStatus(({ state }) => statuses.push(state));
    const ends = hers.map(stopped);
    const call = hers[0]?.request('wait').catch((reason: unknown) => reason);
    const items: unknown[] = [];
    const streamed = new Promise<unknown>((resolve) => {
      hers[2]?.stream('watch').subscribe({ next: (item) => items.push(item), error: resolve });
    });
    await office.begun.promise;
    await until(() => office.prices.observed);
    office.prices.next(1);
    await until(() => items.length === 1);

    expect(await logOut(served.url, ann)).toBe(3);
    for (const end of await Promise.all(ends)) {
      expect(end).toMatchObject({ state: 'stopped', end: { code: 4401, reason: 'logged out' } });
    }
    expect(await call).toMatchObject({ code: 'CONNECTION_LOST' });
    expect(await streamed).toMatchObject({ code: 'CONNECTION_LOST' });
    expect(office.prices.observed).toBe(false);
    office.gate.resolve();
    expect(await his.request('who')).toBe('bob');
    expect(await anybody.request('hello')).toBe('hello');
    expect(office.closes.toSorted()).toEqual(['ann 4401', 'ann 4401']);
    // The predicate reads the id of a user that the public gateway's connections do not have.
    expect(error.mock.calls).toHaveLength(1);
    // Given up for good: no attempt followed.
    expect(statuses.filter((state) => state !== 'stopped')).not.toContain('connecting');
    expect(await refusedPeer(`${served.url}/chat`, { headers: { cookie: ann } })).toMatchObject({
      status: 401,
    });
  });

  it('elsewhere is found out by a recheck, where nobody calls disconnect', async () => {
    served = await start(sessionApp(platform, office, 20));
    const ann = await connect('/chat', await logIn(served.url, 'ann'));
    const bob = await logIn(served.url, 'bob');
    const his = await connect('/chat', bob);
    expect(await ann.request('who')).toBe('ann');
    const end = stopped(ann);
    const store = office.store as unknown as { readonly sessions: Record<string, string> };
    for (const [id, text] of Object.entries(store.sessions)) {
      if (text.includes('"ann"')) delete store.sessions[id];
    }
    expect(await end).toMatchObject({ end: { code: 4401, reason: 'the session ended' } });
    expect(await his.request('who')).toBe('bob');
  });
});
