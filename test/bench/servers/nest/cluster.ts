import cluster from 'node:cluster';
import { answerTogether, workload } from '../control.mjs';

// The gateway of wsgate.ts, in several processes that share one port.
if (cluster.isPrimary) {
  const count = workload.processes ?? 1;
  answerTogether(Array.from({ length: count }, () => cluster.fork()));
} else await import('./wsgate.js');
