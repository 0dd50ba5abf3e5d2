import { setTimeout as wait } from 'node:timers/promises';
import { openConnections, startServer } from './subjects.mjs';

// A young generation that grows by itself would be counted as the connections', and so would the holes
// that opening thousands of them at once leaves in the heap: a third of it, and never twice the same.
const NODE_OPTIONS = ['--expose-gc', '--max-semi-space-size=1', '--compact-on-every-full-gc'];
// Fewer leave out code that is yet to be compiled and tables that are yet to grow: with 100 before and
// 2000 after, a socket of Node's seemed to take twice what it does.
const FIRST = 1000;
/** How much longer a round takes than one of the others, nearly all of it to wait: 3 rounds in a full run, 1 in a quick one. */
const ROUND_WEIGHT = 3;
const MOST_SAMPLES = 60;
const SETTLED_AFTER = 8;
const SAMPLES_APART_MS = 100;
/** What V8 takes from the system and gives back at once. */
const PAGE = 256 * 1024;

/**
 * Bytes per connection that is open and idle, after a garbage collection: of the whole process
 * (resident) and of what JavaScript knows of (heap and external). Each round in a fresh process, the
 * peers in turn.
 */
export async function measureMemory(load, peers, workload, { progress, rounds }) {
  const results = peers.map((peer) => ({ peer: peer.name, rounds: [] }));
  for (let round = 0; round < rounds / ROUND_WEIGHT; round++) {
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

/** What is left when the collector and the allocator have settled: V8 gives pages back late. */
async function readMemory(server) {
  let least = await server.ask('memory');
  let unchanged = 0;
  for (let sample = 0; sample < MOST_SAMPLES && unchanged < SETTLED_AFTER; sample++) {
    await wait(SAMPLES_APART_MS);
    const now = await server.ask('memory');
    unchanged = now.rss < least.rss - PAGE ? 0 : unchanged + 1;
    if (now.rss < least.rss) least = now;
  }
  return { resident: least.rss, known: least.heapUsed + least.external };
}

async function openAndUse(load, peer, workload, server) {
  await openConnections(load, peer, workload, server);
  if (workload.usedOnce) await load.ask('run', { key: peer.name, count: workload.connections });
}
