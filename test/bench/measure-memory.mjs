import { setTimeout as wait } from 'node:timers/promises';
import { median } from './statistics.mjs';
import { openConnections, startServer } from './subjects.mjs';

// A young generation that grows by itself would be counted as the connections', and so would the holes
// that opening thousands of them at once leaves in the heap: a third of it, and never twice the same.
const NODE_OPTIONS = ['--expose-gc', '--max-semi-space-size=1', '--compact-on-every-full-gc'];
// Fewer leave out code that is yet to be compiled and tables that are yet to grow: with 100 before and
// 2000 after, a socket of Node's seemed to take twice what it does.
const FIRST = 1000;
const MOST_ROUNDS = 3;
const SAMPLES = 5;
const SAMPLES_APART_MS = 100;

/**
 * Bytes per connection that is open and idle, after a garbage collection: of the whole process
 * (resident) and of what JavaScript knows of (heap and external). Each round in a fresh process, the
 * peers in turn.
 */
export async function measureMemory(load, peers, workload, { progress, rounds }) {
  const results = peers.map((peer) => ({ peer: peer.name, rounds: [] }));
  for (let round = 0; round < Math.min(rounds, MOST_ROUNDS); round++) {
    for (const [at, peer] of peers.entries()) {
      progress.step(peer.name);
      results[at].rounds.push(await measureOnce(load, peer, workload));
    }
  }
  return results;
}

async function measureOnce(load, peer, workload) {
  const server = await startServer(peer, workload, NODE_OPTIONS);
  // Code and tables that the first connections bring belong to none of them.
  const first = { ...peer, name: `${peer.name} first` };
  await openAndUse(load, first, { ...workload, connections: FIRST }, server);
  const before = await readMemory(server);
  await openAndUse(load, peer, workload, server);
  const after = await readMemory(server);
  await load.ask('close', { key: first.name });
  await load.ask('close', { key: peer.name });
  await server.stop();
  return {
    resident: (after.resident - before.resident) / workload.connections,
    known: (after.known - before.known) / workload.connections,
  };
}

/** What is left when the collector and the allocator have settled. */
async function readMemory(server) {
  const samples = [];
  for (let at = 0; at < SAMPLES; at++) {
    await wait(SAMPLES_APART_MS);
    samples.push(await server.ask('memory'));
  }
  return {
    resident: median(samples.map(({ rss }) => rss)),
    known: median(samples.map(({ heapUsed, external }) => heapUsed + external)),
  };
}

async function openAndUse(load, peer, workload, server) {
  await openConnections(load, peer, workload, server);
  if (workload.usedOnce) await load.ask('run', { key: peer.name, count: workload.connections });
}
