import { call, echo, broadcast } from './workloads.mjs';

const KIB = 1024;

/** One point of a series: what is as in the first workload but for one thing, which has the value `x`. */
function point(series, x, workload, more = {}) {
  return { ...workload, name: `${series}-${x}`, series, x, ...more };
}

function connections(count) {
  return point('connections', count, echo('', count, 1, 64), { peers: ['wsgate', 'ws'] });
}

function bytes(size) {
  return point('message bytes', size, echo('', 16, 1, size), { peers: ['wsgate', 'ws', 'net'] });
}

function binaryBytes(size) {
  const workload = { ...echo('', 16, 1, size), binary: true };
  return point('binary message bytes', size, workload, { peers: ['wsgate', 'ws', 'net'] });
}

/** Ten members each; one of them says something, everywhere at once. */
function rooms(count) {
  return point('rooms of ten', count, broadcast('', 10 * count, 1), {
    peers: ['nest-wsgate'],
    baselines: [],
    dialect: 'wsgate-push',
    payload: 'call',
    rooms: count,
  });
}

function nest(series, count, more) {
  return point(series, count, call('', 32, false), {
    peers: ['nest-wsgate'],
    baselines: [],
    ...more,
  });
}

function delay(count) {
  return point('connections broadcast to', count, broadcast('', count, 1), {
    measure: 'delay',
    peers: ['wsgate', 'ws', 'net'],
  });
}

/** On whatever cores there are; the load is on one of them. */
function processes(count) {
  return point('processes', count, call('', 32, true), {
    measure: 'throughput',
    peers: ['nest-wsgate-cluster'],
    baselines: [],
    processes: count,
    isFree: true,
  });
}

/** What becomes of the cost per message as something grows, one series each. */
export const SCALING = [
  ...[100, 1000, 3000, 9000].map(connections),
  ...[64, KIB, 16 * KIB, 64 * KIB, 256 * KIB, KIB * KIB].map(bytes),
  ...[16 * KIB, 64 * KIB, 256 * KIB, KIB * KIB].map(binaryBytes),
  ...[10, 100, 1000].map(rooms),
  ...[1, 10, 100, 1000].map((count) => nest('handlers', count, { handlers: count - 1 })),
  ...[1, 10, 100].map((count) => nest('gateways', count, { gateways: count - 1 })),
  ...[1000, 5000].map(delay),
  ...[1, 2].map(processes),
];
