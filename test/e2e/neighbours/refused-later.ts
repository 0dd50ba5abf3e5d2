import { once } from 'node:events';
import type { Server } from 'node:http';
import { vi } from 'vitest';
import { type Refusal, refusedPeer } from '../../nest/support/ws-peer.js';
import type { Served } from '../support/serve.js';

/** How long we wait for a neighbour to answer a path that we do not know. */
const PATIENCE = 10_000;

/** What an unknown path is answered once the neighbours have had their time, which is not sat out. */
export async function refusedLater({ app, url }: Served, path: string): Promise<Refusal> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const arrived = once(app.getHttpServer() as Server, 'upgrade');
    const refusal = refusedPeer(url + path);
    await arrived;
    vi.advanceTimersByTime(PATIENCE);
    return await refusal;
  } finally {
    vi.useRealTimers();
  }
}
