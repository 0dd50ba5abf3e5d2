import { mkdirSync, writeFileSync } from 'node:fs';
import { drawChart } from './chart.mjs';
import { writeReport } from './report.mjs';
import { writeScalingReport } from './scaling-report.mjs';

const ROOT = new URL('../../', import.meta.url);

/** BENCHMARKS.md and its chart. */
export function writeReportFiles(report) {
  write('BENCHMARKS.md', writeReport(report));
  write('docs/benchmarks.svg', drawChart(report.workloads));
}

/** docs/scaling.md. */
export function writeScalingFiles(report) {
  write('docs/scaling.md', writeScalingReport(report));
}

function write(path, text) {
  mkdirSync(new URL('docs', ROOT), { recursive: true });
  writeFileSync(new URL(path, ROOT), text);
}
