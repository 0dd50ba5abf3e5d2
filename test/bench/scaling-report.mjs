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

/** docs/scaling.md, from one run. */
export function writeScalingReport({ environment, workloads }) {
  return [
    '# Scaling',
    '',
    ...writeEnvironment(environment),
    METHOD,
    '',
    ...createSeriesTables(workloads).map(writeTable),
  ].join('\n');
}
