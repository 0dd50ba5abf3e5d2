import { median, summarize } from './statistics.mjs';

/** The columns of a measurement that are figures of each round, and have ratios to the baselines. */
const FIGURES = {
  cpu: [['CPU us/message', 'cpuUs', 1]],
  latency: [['CPU us/message', 'cpuUs', 1]],
  memory: [
    ['resident KiB', 'resident', 1024],
    ['heap + external KiB', 'known', 1024],
  ],
};

const PERCENTILES = ['p50', 'p90', 'p99', 'p999', 'max'];

/** One row per peer: medians with min and max, ratios, and what the load cost. */
export function createTable(workload, results) {
  const columns = columnsOf(workload, results);
  return {
    title: workload.name,
    head: ['peer', ...columns.map(([name]) => name)],
    rows: results.map((result) => [result.peer, ...columns.map(([, cell]) => cell(result))]),
  };
}

function columnsOf(workload, results) {
  const byPeer = new Map(results.map(({ peer, rounds }) => [peer, rounds]));
  const baselines = workload.baselines.filter((name) => byPeer.has(name));
  const figures = FIGURES[workload.measure];
  return [
    ...figures.map(([name, key, unit]) => [
      name,
      ({ rounds }) => range(rounds.map((one) => one[key] / unit)),
    ]),
    ...baselines.map((name) => [
      `times ${name}`,
      ({ rounds }) => range(ratios(byPeer.get(name), rounds, figures[0][1])),
    ]),
    ...extraColumns(workload),
  ];
}

function extraColumns({ measure }) {
  if (measure === 'memory') return [];
  if (measure === 'latency') {
    return PERCENTILES.map((name) => [
      `${name} us`,
      ({ percentiles }) => String(percentiles[name]),
    ]);
  }
  return [
    ['load us/message', ({ rounds }) => medianOf(rounds, 'loadUs') + warnOfLoad(rounds)],
    ['bytes answered', ({ rounds }) => medianOf(rounds, 'bytesIn')],
  ];
}

function medianOf(rounds, key) {
  return round(median(rounds.map((one) => one[key])));
}

/** A load as busy as the server holds it up. */
function warnOfLoad(rounds) {
  const busier = rounds.filter(({ cpuUs, loadUs }) => loadUs >= cpuUs);
  return busier.length > rounds.length / 2 ? ' (holds the server up)' : '';
}

/** How many times less than the baseline, round by round. */
export function ratios(base, rounds, key) {
  return rounds.map((one, at) => base[at][key] / one[key]);
}

function range(values) {
  const { median: middle, min, max } = summarize(values);
  return values.length === 1 ? round(middle) : `${round(middle)} (${round(min)}-${round(max)})`;
}

function round(value) {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}

/** Markdown that is as easy to read in a terminal. */
export function writeTable({ title, head, rows }) {
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at].length)));
  const line = (row) => `| ${row.map((cell, at) => cell.padEnd(widths[at])).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [`### ${title}`, '', line(head), rule, ...rows.map(line), ''].join('\n');
}
