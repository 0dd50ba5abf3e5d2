const ENGINES = ['wsgate', 'wsgate-plain', 'ws', 'ws+bufferutil', 'net'];

const KIB = 1024;

function echo(name, connections, inFlight, bytes, payload = 'ascii') {
  return {
    name,
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

/** The rows of the benchmark. `bytes` are of the payload; `inFlight` is per connection. */
export const WORKLOADS = [
  echo('echo-1-64B-100c', 100, 1, 64),
  echo('echo-1-64B-1000c', 1000, 1, 64),
  echo('echo-1-1KiB-100c', 100, 1, KIB),
  echo('echo-1-1KiB-1000c', 1000, 1, KIB),
  echo('echo-32-64B', 100, 32, 64),
  echo('echo-32-1KiB', 100, 32, KIB),
  echo('echo-32-1KiB-non-ascii', 100, 32, KIB, 'non-ascii'),
  echo('echo-1-16KiB', 32, 1, 16 * KIB),
  echo('echo-8-16KiB', 32, 8, 16 * KIB),
  echo('echo-1-1MiB', 8, 1, KIB * KIB),
];
