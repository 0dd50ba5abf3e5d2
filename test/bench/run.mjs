// `npm run bench`: what a server costs per message and per connection, against its peers.
import { fileURLToPath } from 'node:url';
import { Child } from './child.mjs';
import { compileServers } from './compile-servers.mjs';
import { requireDescriptors } from './descriptors.mjs';
import { describeEnvironment } from './environment.mjs';
import { measureCpu } from './measure-cpu.mjs';
import { measureLatency } from './measure-latency.mjs';
import { measureMemory } from './measure-memory.mjs';
import { readOptions } from './options.mjs';
import { findPeers } from './peers.mjs';
import { profileOptions, summarizeProfiles } from './profile.mjs';
import { Progress } from './progress.mjs';
import { createSeriesTables } from './series.mjs';
import { createTable, writeTable } from './table.mjs';
import { writeReportFiles, writeScalingFiles } from './write-files.mjs';

const LOAD_CPU = 1;
const MEASURES = {
  cpu: measureCpu,
  delay: measureCpu,
  throughput: measureCpu,
  latency: measureLatency,
  memory: measureMemory,
};

const options = readOptions();
requireDescriptors(options.workloads);
if (options.workloads.some(hasGateways)) compileServers();
const progress = new Progress(options.workloads.length);
const loadFile = fileURLToPath(new URL('load/main.mjs', import.meta.url));
const load = await Child.start(loadFile, { cpu: LOAD_CPU });
const report = { environment: describeEnvironment(), workloads: [] };

for (const workload of options.workloads) {
  progress.begin(workload.name);
  const peers = findPeers(workload.peers);
  const results = await MEASURES[workload.measure](load, peers, workload, {
    rounds: options.rounds,
    roundMs: options.roundMs,
    enough: options.enough,
    progress,
    nodeOptions: (peer) => profileOptions(options.profile, workload, peer),
  });
  progress.end();
  report.workloads.push({ workload, results });
  if (!options.json && !options.scaling) print(createTable(workload, results));
}
await load.stop();

if (options.json) console.log(JSON.stringify(report, undefined, 2));
else if (options.scaling) createSeriesTables(report.workloads).forEach(print);
if (options.profile !== undefined) console.log(summarizeProfiles(options.profile));
if (options.write && options.scaling) writeScalingFiles(report);
else if (options.write) writeReportFiles(report);

function hasGateways({ peers }) {
  return peers.some((name) => name.startsWith('nest-'));
}

function print(table) {
  console.log(writeTable(table));
}
