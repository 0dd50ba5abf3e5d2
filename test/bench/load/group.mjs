import { BroadcastLoad } from './broadcast-load.mjs';
import { openConnection } from './connection.mjs';
import { DeflateReader } from './deflate-reader.mjs';
import { EchoLoad } from './echo-load.mjs';
import { ExactReader } from './exact-reader.mjs';
import { buildMessages } from './messages.mjs';
import { PacedLoad } from './paced-load.mjs';

const OPENING_AT_ONCE = 64;
// Inflating costs more than all else the load does.
const INSPECTED_CONNECTIONS = 2;

/** All connections of one workload to one server, and what is done with them. */
export async function openGroup(openSocket, target) {
  const messages = buildMessages(target);
  const connections = await openAll(openSocket, target, messages);
  const load = createLoad(target, connections, messages);
  return {
    run: (count) => measured(connections, count, () => load.run(count)),
    close: () => {
      for (const connection of connections) connection.destroy();
    },
  };
}

async function openAll(openSocket, target, messages) {
  const connections = [];
  while (connections.length < target.connections) {
    const count = Math.min(OPENING_AT_ONCE, target.connections - connections.length);
    const opening = Array.from({ length: count }, (_, at) =>
      openOne(openSocket, target, messages, connections.length + at),
    );
    connections.push(...(await Promise.all(opening)));
  }
  return connections;
}

function openOne(openSocket, target, messages, index) {
  const { rooms, path } = target;
  const place = rooms === undefined ? path : `/rooms/${index % rooms}`;
  return openConnection(
    openSocket,
    { ...target, path: place },
    createReader(target, messages, index),
  );
}

function createReader({ deflate }, { answers, replies, count }, index) {
  if (!deflate) return new ExactReader(answers, index % count);
  return new DeflateReader(replies, index % count, index < INSPECTED_CONNECTIONS);
}

function createLoad({ kind, rate, inFlight, rooms }, connections, messages) {
  if (rate !== undefined) return new PacedLoad(connections, messages, rate);
  if (kind !== 'broadcast') return new EchoLoad(connections, messages, inFlight);
  // In rooms, each has a sender of its own, and everybody hears that of his.
  const voices =
    rooms === undefined ? { senders: inFlight, heard: inFlight } : { senders: rooms, heard: 1 };
  return new BroadcastLoad(connections, messages, voices);
}

/** One run, with what it cost this process. */
async function measured(connections, count, run) {
  const before = sum(connections);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const latencies = await run();
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const after = sum(connections);
  return {
    messages: count,
    latencies,
    wallMs,
    cpuUs: user + system,
    sampled: after.sampled - before.sampled,
    bytesIn: after.bytes - before.bytes,
  };
}

function sum(connections) {
  const total = { sampled: 0, bytes: 0 };
  for (const { reader } of connections) {
    total.sampled += reader.sampled;
    total.bytes += reader.bytes;
  }
  return total;
}
