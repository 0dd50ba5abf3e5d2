// `npm run bench`: how much CPU time a server needs per message, against its peers.
import { fileURLToPath } from 'node:url';
import { Child } from './child.mjs';
import { measureCpu } from './measure-cpu.mjs';
import { readOptions } from './options.mjs';
import { findPeers } from './peers.mjs';
import { Progress } from './progress.mjs';
import { cpuTable, writeTable } from './table.mjs';

const LOAD_CPU = 1;

const options = readOptions();
const progress = new Progress(options.workloads.length);
const load = await Child.start(fileURLToPath(new URL('load/main.mjs', import.meta.url)), {
  cpu: LOAD_CPU,
});
for (const workload of options.workloads) {
  progress.begin(workload.name);
  const peers = findPeers(options.peers ?? workload.peers);
  const results = await measureCpu(load, peers, workload, {
    ...options,
    progress,
    nodeOptionsFor: () => ['--expose-gc'],
  });
  progress.end();
  console.log(writeTable(cpuTable(workload, results)));
}
await load.stop();
