// `npm run bench`: what a server costs per message and per connection, against its peers.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { drawChart } from './chart.mjs';
import { Child } from './child.mjs';
import { compileServers } from './compile-servers.mjs';
import { describeEnvironment } from './environment.mjs';
import { measureCpu } from './measure-cpu.mjs';
import { measureLatency } from './measure-latency.mjs';
import { measureMemory } from './measure-memory.mjs';
import { readOptions } from './options.mjs';
import { findPeers } from './peers.mjs';
import { profileOptions, summarizeProfiles } from './profile.mjs';
import { Progress } from './progress.mjs';
import { writeReport } from './report.mjs';
import { createTable, writeTable } from './table.mjs';

const LOAD_CPU = 1;
const MEASURES = { cpu: measureCpu, latency: measureLatency, memory: measureMemory };

const options = readOptions();
if (options.workloads.some(({ kind }) => kind === 'call')) compileServers();
const progress = new Progress(options.workloads.length);
const loadFile = fileURLToPath(new URL('load/main.mjs', import.meta.url));
const load = await Child.start(loadFile, { cpu: LOAD_CPU });
const report = { environment: describeEnvironment(), workloads: [] };

for (const workload of options.workloads) {
  progress.begin(workload.name);
  const names = workload.peers.filter((name) => options.peers?.includes(name) ?? true);
  const results = await MEASURES[workload.measure](load, findPeers(names), workload, {
    rounds: options.rounds,
    roundMs: options.roundMs,
    enough: options.enough,
    progress,
    nodeOptions: (peer) => profileOptions(options.profile, workload, peer),
  });
  progress.end();
  report.workloads.push({ workload, results });
  if (!options.json) console.log(writeTable(createTable(workload, results)));
}
await load.stop();

if (options.json) console.log(JSON.stringify(report, undefined, 2));
if (options.profile !== undefined) console.log(summarizeProfiles(options.profile));
if (options.write) {
  const root = new URL('../../', import.meta.url);
  mkdirSync(new URL('docs', root), { recursive: true });
  writeFileSync(new URL('BENCHMARKS.md', root), writeReport(report));
  writeFileSync(new URL('docs/benchmarks.svg', root), drawChart(report.workloads));
}
