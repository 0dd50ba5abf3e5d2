import { writeEnvironment } from './report.mjs';
import { createSeriesTables } from './series.mjs';
import { writeTable } from './table.mjs';

const METHOD = `How the cost of a message grows with what a server holds: medians of the rounds. How it is measured, and
who the peers are, is said in [BENCHMARKS.md](../BENCHMARKS.md).

- connections: echo of 64 bytes, one in flight on each.
- message bytes, binary message bytes: echo of a text or of a binary message, one in flight on each of 16 connections.
- rooms of ten: one member says 128 bytes to its room, in all rooms at the same time; per delivery.
- handlers, gateways: a call of about 128 bytes, 32 in flight on each of 100 connections.
- connections broadcast to: one message of 128 bytes at a time; CPU time per delivery, and how late a timer of 1 ms was.
- processes: \`node:cluster\` on one port, a call with a guard and a ValidationPipe, 32 in flight; the load takes a part of the same cores.`;

const REASONS = `## Where it stops, and why

- **Connections.** Nothing is searched among them. A message costs more among thousands because nothing of its
  connection, in the kernel or here, is still in the processor's caches; \`ws\` shows the same.
- **Message size.** From 64 KiB on, bytes are what costs, not messages. A text of more than 128 KiB is a string V8 asks
  the system for and gives back later, and the page faults of that are most of its cost. Binary messages do without
  strings.
- **Rooms.** A delivery is a write to a socket; among thousands it meets cold caches, as an echo does.
- **Handlers and gateways.** A handler is found by one lookup in a map: the cost stays flat.
- **Broadcasts.** The kernel's part of a write is most of a delivery. Between 64 receivers and the next 64 input is read
  and timers run, so that the delay stays that of 64 writes, however many receivers there are.
- **Processes.** As many as there are cores pay; the load runs on the same cores here. Rooms and pushes are of one
  process.`;

/** docs/scaling.md, from one run. */
export function writeScalingReport({ environment, workloads }) {
  return [
    '# Scaling',
    '',
    ...writeEnvironment(environment),
    METHOD,
    '',
    ...createSeriesTables(workloads).map(writeTable),
    REASONS,
    '',
  ].join('\n');
}
