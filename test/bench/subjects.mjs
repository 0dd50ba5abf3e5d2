import { Child } from './child.mjs';

const SERVER_CPU = 0;

/** Starts a peer's server in a process of its own and opens the workload's connections to it. */
export async function startSubject(load, peer, workload, nodeOptions = []) {
  const server = await startServer(peer, workload, nodeOptions);
  await openConnections(load, peer, workload, server);
  return { peer, server, rounds: [] };
}

export function startServer(peer, workload, nodeOptions) {
  const { file, env } = peer;
  const args = [JSON.stringify(workload)];
  const cpu = workload.isFree ? undefined : SERVER_CPU;
  return Child.start(file, { cpu, args, env, nodeOptions });
}

export function openConnections(load, peer, workload, server) {
  const { name: key, raw, path = '/' } = peer;
  const dialect = workload.dialect ?? peer.dialect;
  const port = server.ready.port;
  return load.ask('open', { ...workload, key, port, path, raw, dialect });
}

export async function stopSubject(load, { peer, server }) {
  await load.ask('close', { key: peer.name });
  await server.stop();
}

/** One run of the load, with what it cost the server. */
export async function runRound(load, { peer, server }, count) {
  const before = await server.ask('cpu');
  const { messages, sampled, cpuUs, wallMs, bytesIn, latencies } = await load.ask('run', {
    key: peer.name,
    count,
  });
  const after = await server.ask('cpu');
  const serverUs = after.user + after.system - before.user - before.system;
  return {
    messages,
    sampled,
    cpuUs: serverUs / messages,
    loadUs: cpuUs / messages,
    perSecond: (1000 * messages) / wallMs,
    bytesIn: bytesIn / messages,
    latencies,
  };
}

/** The same, with how late the server's event loop was. */
export async function runWatchedRound(load, subject, count) {
  await subject.server.ask('watchDelay');
  const round = await runRound(load, subject, count);
  return { ...round, delay: await subject.server.ask('delay') };
}

/**
 * Runs until the server has answered `enough.messages` and worked `enough.ms` in one run, so that its
 * code is warm however little of a core it gets; gives messages per millisecond of its CPU time.
 */
export async function warmUp(load, subject, least, enough) {
  for (let count = least; ;) {
    const { cpuUs } = await runRound(load, subject, count);
    const cpuMs = (cpuUs * count) / 1000;
    if (cpuMs >= enough.ms && count >= enough.messages) return count / cpuMs;
    count *= cpuMs < enough.ms / 8 ? 4 : 2;
  }
}
