const KIB = 1024;

const ENGINES = ['wsgate', 'wsgate-plain', 'ws', 'ws+bufferutil', 'net'];
/** For rows of so many connections that those of more peers at once would take more descriptors than a process may have. */
const MAIN_ENGINES = ['wsgate', 'ws', 'net'];
const COMPRESSING = ['wsgate', 'wsgate-plain', 'wsgate-small', 'ws'];
const GATEWAYS = ['nest-wsgate', 'nest-adapter', 'nest-platform-ws', 'nest-socket.io', 'ws-json'];

export function echo(name, connections, inFlight, bytes, payload = 'ascii') {
  return {
    name,
    measure: 'cpu',
    kind: 'echo',
    peers: ENGINES,
    baselines: ['ws', 'net'],
    connections,
    inFlight,
    bytes,
    payload,
    maxPayload: 2 * KIB * KIB,
  };
}

/** Also beside a `ws` that makes strings of texts: where that is most of the work. */
function besideStrings(workload) {
  const peers = [...workload.peers, 'ws-string'];
  return { ...workload, peers, baselines: [...workload.baselines, 'ws-string'] };
}

/** One text goes to everybody; of `inFlight` senders. */
export function broadcast(name, connections, inFlight) {
  return { ...echo(name, connections, inFlight, 128), kind: 'broadcast', variants: 1 };
}

/** The same bytes as a binary message: no string is made of them. */
function binary(workload) {
  return { ...workload, name: `${workload.name}-binary`, binary: true };
}

function deflate(name, connections, inFlight) {
  const base = echo(name, connections, inFlight, KIB, 'json');
  return { ...base, peers: COMPRESSING, baselines: ['ws'], deflate: { threshold: 0 } };
}

/** Calls whose data are 96 bytes: about 128 with what is around them. */
export function call(name, inFlight, guarded) {
  const base = { ...echo(name, 100, inFlight, 96, 'call'), kind: 'call', guarded };
  return { ...base, peers: GATEWAYS, baselines: ['nest-platform-ws', 'nest-socket.io', 'ws-json'] };
}

function memory(name, base) {
  return { ...base, name, measure: 'memory', baselines: ['ws'] };
}

function among(peers, workload) {
  return { ...workload, peers };
}

/** Left out of a quick run. */
function slow(workload) {
  return { ...workload, isSlow: true };
}

function latency(name, rate) {
  return { ...echo(name, 100, 1, 64), measure: 'latency', rate };
}

const CONNECTIONS_OF_MEMORY = 10_000;
const QUICK_CONNECTIONS_OF_MEMORY = 2000;
const NOT_IN_QUICK = ['wsgate-plain', 'wsgate-small', 'ws+bufferutil', 'ws-string', 'nest-adapter'];

/** The rows of the benchmark. `bytes` are of the payload; `inFlight` is per connection, but of a broadcast per server. */
const WORKLOADS = [
  echo('echo-1-64B-100c', 100, 1, 64),
  slow(echo('echo-1-64B-1000c', 1000, 1, 64)),
  slow(echo('echo-1-1KiB-100c', 100, 1, KIB)),
  slow(echo('echo-1-1KiB-1000c', 1000, 1, KIB)),
  echo('echo-32-64B', 100, 32, 64),
  echo('echo-32-1KiB', 100, 32, KIB),
  besideStrings(echo('echo-32-1KiB-non-ascii', 100, 32, KIB, 'non-ascii')),
  echo('echo-1-16KiB', 32, 1, 16 * KIB),
  slow(echo('echo-8-16KiB', 32, 8, 16 * KIB)),
  slow(binary(echo('echo-1-16KiB', 32, 1, 16 * KIB))),
  besideStrings(echo('echo-1-1MiB', 8, 1, KIB * KIB)),
  slow(binary(echo('echo-1-1MiB', 8, 1, KIB * KIB))),
  broadcast('broadcast-1-1000c', 1000, 1),
  broadcast('broadcast-8-1000c', 1000, 8),
  slow(among(MAIN_ENGINES, broadcast('broadcast-1-5000c', 5000, 1))),
  slow(among(MAIN_ENGINES, broadcast('broadcast-8-5000c', 5000, 8))),
  deflate('deflate-1-json-1KiB', 100, 1),
  deflate('deflate-8-json-1KiB', 100, 8),
  call('nest-1', 1, false),
  call('nest-32', 32, false),
  slow(call('nest-1-guard-validation', 1, true)),
  call('nest-32-guard-validation', 32, true),
  latency('latency-64B-5000-per-s', 5000),
  {
    ...memory('memory-idle', echo('', CONNECTIONS_OF_MEMORY, 1, 64)),
    peers: ['wsgate', 'wsgate-plain', 'ws', 'net'],
    baselines: ['ws', 'net'],
  },
  slow({
    ...memory('memory-nest-idle', call('', 1, false)),
    connections: CONNECTIONS_OF_MEMORY,
    peers: GATEWAYS,
    baselines: ['nest-platform-ws', 'nest-socket.io', 'ws-json'],
  }),
  {
    ...memory('memory-deflate-used-once', deflate('', CONNECTIONS_OF_MEMORY, 1)),
    usedOnce: true,
  },
];

/** The workloads of a run; fewer and smaller ones in a quick run. */
export function workloadsFor({ quick }) {
  return quick ? WORKLOADS.filter(({ isSlow }) => !isSlow).map(shorten) : WORKLOADS;
}

function shorten(workload) {
  const most = workload.measure === 'memory' ? QUICK_CONNECTIONS_OF_MEMORY : Infinity;
  const connections = Math.min(workload.connections, most);
  const peers = workload.peers.filter((name) => !NOT_IN_QUICK.includes(name));
  return { ...workload, connections, peers };
}
