import { parseArgs } from 'node:util';
import { PEER_NAMES } from './peers.mjs';
import { SCALING } from './scaling.mjs';
import { workloadsFor } from './workloads.mjs';

const HELP = `npm run bench -- [options]
  --only a,b     workloads whose name contains one of these
  --peers a,b    of ${PEER_NAMES.join(', ')}
  --rounds n     rounds per workload (9)
  --round-ms n   CPU time the dearest peer works in a round, in milliseconds (500)
  --quick        the main rows and peers, shorter and fewer rounds: under two minutes
  --scaling      how the cost grows with connections, message size, rooms, handlers, gateways, processes
  --json         the result as JSON on stdout, every round in it
  --write        writes BENCHMARKS.md and docs/benchmarks.svg; with --scaling, docs/scaling.md
  --profile dir  a CPU profile of every wsgate server, and where its time went`;

/** What the command line asks for; prints the help and ends when that is it. */
export function readOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      peers: { type: 'string' },
      rounds: { type: 'string' },
      'round-ms': { type: 'string' },
      quick: { type: 'boolean', default: false },
      scaling: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const all = values.scaling ? SCALING : workloadsFor(values);
  if (values.help) {
    console.log(`${HELP}\nworkloads: ${all.map(({ name }) => name).join(', ')}`);
    process.exit();
  }
  const only = values.only?.split(',');
  return {
    ...values,
    rounds: Number(values.rounds ?? (values.quick ? 3 : 9)),
    roundMs: Number(values['round-ms'] ?? (values.quick ? 120 : 500)),
    enough: values.quick ? { ms: 200, messages: 4000 } : { ms: 400, messages: 20_000 },
    workloads: all
      .filter(({ name }) => only?.some((part) => name.includes(part)) ?? true)
      .map((workload) => withPeers(workload, values.peers?.split(','))),
  };
}

function withPeers(workload, chosen) {
  if (chosen === undefined) return workload;
  return { ...workload, peers: workload.peers.filter((name) => chosen.includes(name)) };
}
