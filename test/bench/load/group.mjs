import { openConnection } from './connection.mjs';
import { EchoLoad } from './echo-load.mjs';
import { ExactReader } from './exact-reader.mjs';
import { buildMessages } from './messages.mjs';

const OPENING_AT_ONCE = 64;

/** All connections of one workload to one server, and what is done with them. */
export async function openGroup(openSocket, target) {
  const messages = buildMessages(target);
  const connections = [];
  for (let opened = 0; opened < target.connections; opened += OPENING_AT_ONCE) {
    const count = Math.min(OPENING_AT_ONCE, target.connections - opened);
    const batch = Array.from({ length: count }, (_, at) => {
      const reader = new ExactReader(messages.answers, (opened + at) % messages.count);
      return openConnection(openSocket, target, reader);
    });
    connections.push(...(await Promise.all(batch)));
  }
  const load = new EchoLoad(connections, messages, target.inFlight);
  return {
    run: (count) => timed(connections, count, () => load.run(count)),
    close: () => connections.forEach((connection) => connection.destroy()),
  };
}

/** One measured run with what it cost this process. */
async function timed(connections, count, run) {
  const before = sum(connections);
  const cpu = process.cpuUsage();
  const start = performance.now();
  await run();
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const after = sum(connections);
  return {
    messages: count,
    wallMs,
    cpuMs: (user + system) / 1000,
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
