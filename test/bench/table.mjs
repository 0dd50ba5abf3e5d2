import { median, summarize } from './statistics.mjs';

/** One line per peer: CPU per message, ratios to the baselines, and how busy both sides were. */
export function cpuTable(workload, results) {
  const baselines = workload.baselines.filter((name) => results.some(({ peer }) => peer === name));
  const head = [
    'peer',
    'CPU us/message',
    ...baselines.map((name) => `x ${name}`),
    'server busy',
    'load busy',
    'bytes',
  ];
  const rows = results.map(({ peer, rounds }) => [
    peer,
    range(summarize(rounds.map(({ cpuUs }) => cpuUs))),
    ...baselines.map((name) => range(ratio(find(results, name), rounds))),
    percent(rounds, 'serverBusy'),
    percent(rounds, 'loadBusy'),
    String(Math.round(median(rounds.map(({ bytesIn }) => bytesIn)))),
  ]);
  return { title: workload.name, head, rows };
}

function find(results, name) {
  return results.find(({ peer }) => peer === name).rounds;
}

/** How many times less CPU than the baseline, round by round. */
function ratio(base, rounds) {
  return summarize(rounds.map(({ cpuUs }, at) => base[at].cpuUs / cpuUs));
}

function range({ median: middle, min, max }) {
  return `${round(middle)} (${round(min)}-${round(max)})`;
}

function round(value) {
  return value.toPrecision(3);
}

function percent(rounds, key) {
  return `${Math.round(median(rounds.map((one) => one[key])) * 100)} %`;
}

/** A table as Markdown that is as easy to read in a terminal. */
export function writeTable({ title, head, rows }) {
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at].length)));
  const line = (row) => `| ${row.map((cell, at) => cell.padEnd(widths[at])).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [`### ${title}`, '', line(head), rule, ...rows.map(line), ''].join('\n');
}
