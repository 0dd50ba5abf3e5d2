import { openConnections, startServer } from './subjects.mjs';

// A young generation that grows by itself would be counted as the connections'.
const NODE_OPTIONS = ['--expose-gc', '--max-semi-space-size=1'];
const FEW = 100;

/**
 * Bytes per connection that is open and idle, after a garbage collection: of the whole process
 * (resident) and of what JavaScript knows of (heap and external). Each in a fresh process, and once: it hardly varies.
 */
export async function measureMemory(load, peers, workload, { progress }) {
  const results = [];
  for (const peer of peers) {
    progress.step(peer.name);
    results.push({ peer: peer.name, rounds: [await measureOnce(load, peer, workload)] });
  }
  return results;
}

async function measureOnce(load, peer, workload) {
  const server = await startServer(peer, workload, NODE_OPTIONS);
  // Code and tables that the first connections bring belong to none of them.
  const first = { ...peer, name: `${peer.name} first` };
  await openAndUse(load, first, { ...workload, connections: FEW }, server);
  const before = await server.ask('memory');
  await openAndUse(load, peer, workload, server);
  const after = await server.ask('memory');
  await load.ask('close', { key: first.name });
  await load.ask('close', { key: peer.name });
  await server.stop();
  const perConnection = (sum) => (sum(after) - sum(before)) / workload.connections;
  return {
    resident: perConnection(({ rss }) => rss),
    known: perConnection(({ heapUsed, external }) => heapUsed + external),
  };
}

async function openAndUse(load, peer, workload, server) {
  await openConnections(load, peer, workload, server);
  if (workload.usedOnce) await load.ask('run', { key: peer.name, count: workload.connections });
}
