import { runRound, runWatchedRound, startSubject, stopSubject, warmUp } from './subjects.mjs';

// Large messages are warm after fewer.
const WARM_UP_BYTES = 32 * 1024 * 1024;

/**
 * Server CPU time per verified message of every peer. Each round sends the same number of messages
 * to one peer after another, so that whatever else the machine does falls on all of them.
 */
export async function measureCpu(
  load,
  peers,
  workload,
  { rounds, roundMs, enough, progress, nodeOptions },
) {
  const subjects = [];
  const run = workload.measure === 'delay' ? runWatchedRound : runRound;
  try {
    for (const peer of peers) {
      progress.step(`${peer.name}: starting`);
      subjects.push(await startSubject(load, peer, workload, nodeOptions(peer)));
    }
    const count = await chooseCount(load, subjects, workload, { roundMs, enough, progress });
    for (let round = 1; round <= rounds; round++) {
      for (const subject of subjects) {
        progress.step(`${subject.peer.name}: round ${round} of ${rounds}`);
        subject.rounds.push(await run(load, subject, count));
      }
    }
  } finally {
    for (const subject of subjects) await stopSubject(load, subject);
  }
  return subjects.map((subject) => ({ peer: subject.peer.name, rounds: subject.rounds }));
}

/** As many messages as the dearest peer answers in `roundMs` of CPU time, in full windows. */
async function chooseCount(
  load,
  subjects,
  { connections, inFlight, bytes },
  { roundMs, enough, progress },
) {
  const window = connections * inFlight;
  const messages = Math.min(enough.messages, WARM_UP_BYTES / bytes);
  const rates = [];
  for (const subject of subjects) {
    progress.step(`${subject.peer.name}: warming up`);
    rates.push(await warmUp(load, subject, window, { ...enough, messages }));
  }
  return Math.max(2, Math.round((Math.min(...rates) * roundMs) / window)) * window;
}
