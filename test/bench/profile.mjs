import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const SHOWN = 14;

/** Has V8 write where the time went when a server of ours ends. */
export function profileOptions(folder, workload, peer) {
  if (folder === undefined || !peer.name.includes('wsgate')) return [];
  mkdirSync(folder, { recursive: true });
  return [
    '--cpu-prof',
    `--cpu-prof-dir=${folder}`,
    `--cpu-prof-name=${workload.name}.${peer.name}.cpuprofile`,
  ];
}

/** The functions with the most self time of each profile in the folder. */
export function summarizeProfiles(folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'));
  return files
    .map((name) => summarize(name, JSON.parse(readFileSync(join(folder, name), 'utf8'))))
    .join('\n');
}

function summarize(name, { nodes, samples, timeDeltas }) {
  const labels = new Map(nodes.map(({ id, callFrame }) => [id, labelOf(callFrame)]));
  const times = new Map();
  for (const [at, id] of samples.entries()) {
    const label = labels.get(id);
    times.set(label, (times.get(label) ?? 0) + timeDeltas[at]);
  }
  times.delete('(idle)');
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  const top = [...times].sort((a, b) => b[1] - a[1]).slice(0, SHOWN);
  const lines = top.map(
    ([label, time]) => `${((100 * time) / total).toFixed(1).padStart(6)} %  ${label}`,
  );
  return `${name}\n${lines.join('\n')}\n`;
}

function labelOf({ functionName, url, lineNumber }) {
  if (url === '') return functionName;
  return `${functionName || '(anonymous)'} ${url.split('/').slice(-2).join('/')}:${lineNumber + 1}`;
}
