import { spawnSync } from 'node:child_process';

/** What a process needs besides its connections, with room to spare. */
const OTHERS = 100;

/** Ends the run at once, where a workload in its middle would have: the load holds the connections of every peer. */
export function requireDescriptors(workloads) {
  const limit = Number(spawnSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).stdout);
  for (const { name, measure, connections, peers } of workloads) {
    const atOnce = measure === 'memory' ? connections : connections * peers.length;
    if (!(atOnce + OTHERS > limit)) continue;
    console.error(
      `${name} needs ${atOnce + OTHERS} file descriptors in one process, and \`ulimit -Hn\` allows ${limit}: ` +
        'raise it, or choose other workloads with --only or fewer peers with --peers.',
    );
    process.exit(2);
  }
}
