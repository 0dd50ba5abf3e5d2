import { median } from './statistics.mjs';
import { ratios } from './table.mjs';

const KEYS = { cpu: 'cpuUs', latency: 'cpuUs', memory: 'resident' };

/** Of each workload: how many times less its first peer, ours, uses than each baseline. */
export function summarizeRun(workloads) {
  return workloads.flatMap(({ workload, results }) => {
    const [ours] = results;
    const baselines = workload.baselines.filter((name) => name !== ours?.peer);
    const found = results.filter(({ peer }) => baselines.includes(peer));
    return found.length === 0 ? [] : [summarize(workload, ours, found)];
  });
}

function summarize(workload, ours, others) {
  const key = KEYS[workload.measure];
  const times = others.map(({ peer, rounds }) => [peer, median(ratios(rounds, ours.rounds, key))]);
  return { workload, peer: ours.peer, times };
}

/** The summary as a table: a cell per baseline. */
export function summaryTable(workloads) {
  const rows = summarizeRun(workloads).map(({ workload, peer, times }) => [
    workload.name,
    peer,
    times.map(([baseline, value]) => `${value.toPrecision(3)} times ${baseline}`).join(', '),
  ]);
  return {
    title: 'In short: how many times less is used than by others',
    head: ['workload', 'peer', 'factor'],
    rows,
  };
}
