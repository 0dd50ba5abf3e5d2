import { summaryTable } from './summary.mjs';
import { createTable, writeTable } from './table.mjs';

const METHOD = `Each server runs in a process of its own; a load generator in another sends prebuilt masked frames over raw TCP,
checks the header of every answer and the content of every 16th. The measure is the server's CPU time per verified
message. The peers take turns in short rounds of the same number of messages; a figure is the median of the rounds, with
least and greatest, and "times x" says how many times less than x was used in the same round. The load has a core of its own; where it costs more than the server, a row says so. On a machine that does other
things too, a ratio within 1.15 says nothing.`;

const PEERS = `- \`wsgate\`: this package's server; \`-plain\`: without Node internals (\`fastLane: false\`); \`-small\`: a compression window of 4 KiB.
- \`ws\`: without its native addon; \`ws+bufferutil\`: with it. It answers with the bytes it got, while \`wsgate\` makes strings of texts, and so does \`ws-string\`. An echo sends the very text that came, so \`wsgate\` copies it where it is not ASCII; another one it would encode.
- \`ws-json\`: \`ws\` with JSON.parse and JSON.stringify, no framework. \`nest-*\`: a Nest gateway.
- \`nest-adapter\`, \`nest-platform-ws\`, \`nest-socket.io\`: the same \`@WebSocketGateway\` on \`WsgateAdapter\`, \`WsAdapter\` and \`IoAdapter\`; the last one without heartbeats.
- \`net\`: Node's TCP sockets echoing the same bytes, no WebSocket at all.`;

/** BENCHMARKS.md, from one run. */
export function writeReport({ environment, workloads }) {
  return [
    '# Benchmarks',
    '',
    ...writeEnvironment(environment),
    METHOD,
    '',
    PEERS,
    '',
    writeTable(summaryTable(workloads)),
    ...workloads.map(({ workload, results }) => writeTable(createTable(workload, results))),
  ].join('\n');
}

/** Where the figures come from, as the lines of a page. */
export function writeEnvironment({ command, machine, system, node, pinned, versions }) {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    'Written by the command below; not by hand.',
    '',
    '```sh',
    command,
    '```',
    '',
    `Node.js ${node}, ${system}, ${machine}${pinned ? ', server and load on one core each' : ''}. ${packages.join(', ')}.`,
    '',
  ];
}
