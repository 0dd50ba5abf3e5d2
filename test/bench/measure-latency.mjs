import { runRound, startSubject, stopSubject } from './subjects.mjs';

const WARM_UP_ROUNDS = 1;

/** Latencies of every message at the workload's rate, all rounds together, with the CPU time of each round. */
export async function measureLatency(
  load,
  peers,
  workload,
  { rounds, roundMs, progress, nodeOptions },
) {
  const subjects = [];
  const count = Math.round((workload.rate * roundMs) / 1000);
  try {
    for (const peer of peers) {
      progress.step(`${peer.name}: starting`);
      subjects.push(await startSubject(load, peer, workload, nodeOptions(peer)));
    }
    for (let round = 1 - WARM_UP_ROUNDS; round <= rounds; round++) {
      for (const subject of subjects) {
        progress.step(`${subject.peer.name}: round ${round} of ${rounds}`);
        const result = await runRound(load, subject, count);
        if (round > 0) subject.rounds.push(result);
      }
    }
  } finally {
    for (const subject of subjects) await stopSubject(load, subject);
  }
  return subjects.map(({ peer, rounds: measured }) => {
    const latencies = measured.flatMap((round) => round.latencies);
    const bare = measured.map(({ latencies: _latencies, ...round }) => round);
    return { peer: peer.name, percentiles: percentilesOf(latencies), rounds: bare };
  });
}

/** In microseconds. */
function percentilesOf(latencies) {
  const sorted = latencies.sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: sorted.at(-1) };
}
