import { mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectPeer, refusedPeer } from '../../nest/support/ws-peer.js';
import { ChildApp } from '../support/child-app.js';
import { PLATFORMS } from '../support/serve.js';
import { WorkerClient } from './worker-client.js';

const CLIENTS = 20;
const ENDS = [
  ['signal', { code: null, signal: 'SIGTERM' }],
  ['exit', { code: 0, signal: null }],
] as const;

let folder: string;
let child: ChildApp | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsgate-sigterm-'));
});

afterEach(async () => {
  await child?.kill();
  rmSync(folder, { recursive: true });
});

function journalFile(): string {
  return join(folder, 'journal');
}

async function startWorkers(
  platform: string,
  end: string,
  drainTimeout = 10_000,
): Promise<ChildApp> {
  child = await ChildApp.start('workers', platform, end, journalFile(), String(drainTimeout));
  return child;
}

/** What the server wrote down: the calls it accepted, or those whose reply it computed. */
function readJournal(what: 'accepted' | 'computed'): readonly string[] {
  const lines = readFileSync(journalFile(), 'utf8').trim().split('\n');
  return lines.filter((line) => line.startsWith(what)).map((line) => line.split(' ')[1]);
}

async function untilAccepted(name: string): Promise<void> {
  for await (const _change of watchJournal()) if (readJournal('accepted').includes(name)) return;
}

async function* watchJournal(): AsyncIterable<void> {
  let wake = (): void => undefined;
  const watcher = watch(journalFile(), () => wake());
  try {
    for (;;) {
      const changed = new Promise<void>((resolve) => (wake = resolve));
      yield;
      await changed;
    }
  } finally {
    watcher.close();
  }
}

/** Whether the server takes a new connection: it must answer, or not listen any more. */
async function tryToConnect(url: string): Promise<number | string> {
  try {
    return (await refusedPeer(`${url}/work`)).status;
  } catch (error) {
    return (error as { readonly code?: string }).code ?? String(error);
  }
}

describe.each(PLATFORMS)('SIGTERM under load, on %s', (platform) => {
  it.each(ENDS)('loses no reply, and tells every client (ends by %s)', async (end, outcome) => {
    const app = await startWorkers(platform, end);
    const clients = await Promise.all(
      Array.from({ length: CLIENTS }, (_, name) =>
        WorkerClient.connect(app.url, name, name % 2 === 0),
      ),
    );
    await Promise.all(clients.map((client) => client.warm()));

    const begun = performance.now();
    app.process.kill('SIGTERM');
    await clients[0].peer.next(({ op }) => op === 'goaway');
    expect([503, 'ECONNREFUSED']).toContain(await tryToConnect(app.url));
    const endings = await Promise.all(clients.map(({ peer }) => peer.closed));
    const exit = await app.ended;

    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(exit).toEqual({ ...outcome, stderr: '' });
    expect(endings.map(({ code }) => code)).toEqual(clients.map(() => 1001));
    expect(clients.every((client) => client.isToldToGo)).toBe(true);
    const replied = new Set(clients.flatMap(({ replied: own }) => Array.from(own)));
    expect(readJournal('accepted').filter((name) => !replied.has(name))).toEqual([]);
    expect(readJournal('computed')).toHaveLength(replied.size);
  });

  it('that comes a second time takes no reply away', async () => {
    const app = await startWorkers(platform, 'exit');
    const clients = await Promise.all(
      Array.from({ length: CLIENTS }, (_, name) => WorkerClient.connect(app.url, name, false)),
    );
    await Promise.all(clients.map((client) => client.warm()));
    app.process.kill('SIGTERM');
    await clients[0].peer.next(({ op }) => op === 'goaway');
    app.process.kill('SIGTERM');
    const endings = await Promise.all(clients.map(({ peer }) => peer.closed));
    expect(await app.ended).toEqual({ code: 0, signal: null, stderr: '' });
    expect(endings.map(({ code }) => code)).toEqual(clients.map(() => 1001));
    const replied = new Set(clients.flatMap(({ replied: own }) => Array.from(own)));
    expect(readJournal('accepted').filter((name) => !replied.has(name))).toEqual([]);
  });

  it('is not kept from ending by a call that never settles', async () => {
    const app = await startWorkers(platform, 'signal', 1_500);
    const peer = await connectPeer(`${app.url}/work`);
    peer.send({ type: 'never', id: 'never' });
    await untilAccepted('never');
    app.process.kill('SIGTERM');
    await peer.next(({ op }) => op === 'goaway');
    expect(await peer.call('work', 'late')).toMatchObject({ op: 'reply', data: 'late' });
    expect(await peer.closed).toMatchObject({ code: 1001 });
    expect(await app.ended).toMatchObject({ signal: 'SIGTERM' });
  });

  it('is not kept from ending by a client that reads nothing', async () => {
    const app = await startWorkers(platform, 'signal', 1_500);
    const [deaf, other] = await Promise.all([
      connectPeer(`${app.url}/work`),
      connectPeer(`${app.url}/work`),
    ]);
    deaf.send({ type: 'ticks', id: 'ticks' });
    await deaf.next(({ op }) => op === 'next');
    deaf.socket.pause();
    app.process.kill('SIGTERM');
    expect(await other.closed).toMatchObject({ code: 1001 });
    expect(await app.ended).toMatchObject({ signal: 'SIGTERM' });
    deaf.socket.resume();
    expect(await deaf.closed).toMatchObject({ code: 1001 });
  });
});
