import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { connectPeer } from '../../nest/support/ws-peer.js';
import { ChildApp } from '../support/child-app.js';
import { until } from '../../support/until.js';

/** Connections beyond what the process may open. */
const CROWD = 200;

function openDescriptors({ process }: ChildApp): number {
  return readdirSync(`/proc/${process.pid}/fd`).length;
}

/** From now on the process may have so many files and sockets open. */
function limitDescriptors({ process }: ChildApp, limit: number): void {
  const { status } = spawnSync('prlimit', ['--pid', String(process.pid), `--nofile=${limit}`]);
  expect(status).toBe(0);
}

it('a server without descriptors left serves those it has, says nothing, and takes others later', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wsgate-descriptors-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const app = await ChildApp.start('workers', 'express', 'exit', join(folder, 'journal'), '1000');
  onTestFinished(() => app.kill());
  const peers = await Promise.all(Array.from({ length: 9 }, () => connectPeer(`${app.url}/work`)));
  limitDescriptors(app, openDescriptors(app) + 20);
  const port = Number(new URL(app.url).port);
  let dropped = 0;
  const crowd: Socket[] = Array.from({ length: CROWD }, () =>
    connect({ port, host: '127.0.0.1' })
      .on('error', () => undefined)
      .on('close', () => dropped++),
  );
  await until(() => dropped > 0);

  const replies = await Promise.all(peers.map((peer, name) => peer.call('work', name)));
  expect(replies.map(({ data }) => data)).toEqual(peers.map((_, name) => name));

  for (const socket of crowd) socket.destroy();
  await until(() => openDescriptors(app) < 40);
  const late = await connectPeer(`${app.url}/work`);
  expect(await late.call('work', 'late')).toMatchObject({ data: 'late' });
  app.process.kill('SIGTERM');
  expect(await app.ended).toEqual({ code: 0, signal: null, stderr: '' });
});
