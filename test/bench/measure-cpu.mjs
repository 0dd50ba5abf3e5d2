import { Child } from './child.mjs';

const WARM_UP_MS = 400;
const SERVER_CPU = 0;

/** Starts every peer's server and opens the workload's connections to it. */
async function startSubjects(load, peers, workload, nodeOptionsFor) {
  const subjects = [];
  for (const peer of peers) {
    const server = await Child.start(peer.file, {
      cpu: SERVER_CPU,
      args: [JSON.stringify(workload)],
      env: peer.env,
      nodeOptions: nodeOptionsFor(peer),
    });
    await load.ask('open', {
      ...workload,
      key: peer.name,
      port: server.ready.port,
      path: peer.path ?? '/',
      raw: peer.raw,
    });
    subjects.push({ peer, server, rounds: [] });
  }
  return subjects;
}

async function runRound(load, { peer, server }, count) {
  const before = await server.ask('cpu');
  const result = await load.ask('run', { key: peer.name, count });
  const after = await server.ask('cpu');
  const cpuMs = (after.user + after.system - before.user - before.system) / 1000;
  return {
    cpuUs: (cpuMs * 1000) / result.messages,
    messages: result.messages,
    sampled: result.sampled,
    bytesIn: result.bytesIn / result.messages,
    serverBusy: cpuMs / result.wallMs,
    loadBusy: result.cpuMs / result.wallMs,
  };
}

/** Runs until the code is warm; gives messages per millisecond of the last, longest run. */
async function warmUp(load, { peer }, workload) {
  let count = workload.connections * workload.inFlight;
  for (;;) {
    const { wallMs } = await load.ask('run', { key: peer.name, count });
    if (wallMs > WARM_UP_MS) return count / wallMs;
    count *= wallMs < WARM_UP_MS / 8 ? 4 : 2;
  }
}

/**
 * Server CPU time per verified message of every peer. Each round sends the same number of messages
 * to one peer after another, so that whatever else the machine does falls on all of them.
 */
export async function measureCpu(
  load,
  peers,
  workload,
  { rounds, roundMs, progress, nodeOptionsFor },
) {
  const subjects = await startSubjects(load, peers, workload, nodeOptionsFor);
  try {
    const rates = [];
    for (const subject of subjects) {
      progress.step(`${subject.peer.name}: warming up`);
      rates.push(await warmUp(load, subject, workload));
    }
    const window = workload.connections * workload.inFlight;
    const count = Math.max(2, Math.round((Math.min(...rates) * roundMs) / window)) * window;
    for (let round = 0; round < rounds; round++) {
      for (const subject of subjects) {
        progress.step(`${subject.peer.name}: round ${round + 1} of ${rounds}`);
        subject.rounds.push(await runRound(load, subject, count));
      }
    }
    return subjects.map(({ peer, rounds: measured }) => ({ peer: peer.name, rounds: measured }));
  } finally {
    for (const { peer, server } of subjects) {
      await load.ask('close', { key: peer.name });
      await server.stop();
    }
  }
}
