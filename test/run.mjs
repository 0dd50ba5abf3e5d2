// `npm test`: every stage runs even when an earlier one failed, and the last line is the sum.
//   node test/run.mjs              all stages
//   node test/run.mjs lint types   only these
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sum } from './support/sum.mjs';

/** The suites whose subject reads or writes the sockets of a server: a client has no fast lane. */
const MOVERS = ['socket', 'server', 'conformance', 'interop', 'nest', 'testing'].map(
  (folder) => `test/${folder}/`,
);

const STAGES = {
  lint: () => runScript('lint'),
  format: () => runScript('format:check'),
  types: () => runScript('types'),
  // Samples and the pack test run what users install, so dist must be fresh before vitest.
  build: () => runScript('build'),
  vitest: () => runVitest('vitest'),
  // What moves bytes, once more without Node's internals.
  'plain-lane': () =>
    runVitest('plain-lane', ['--project', 'unit', ...MOVERS], { WSGATE_LANE: 'plain' }),
};

const sum = new Sum();

function succeeds(command, args, variables = {}) {
  const env = { ...process.env, ...variables };
  return spawnSync(command, args, { stdio: 'inherit', env }).status === 0;
}

function runScript(name) {
  sum.count(name, succeeds('npm', ['run', '--silent', name]));
}

function runVitest(name, choice = [], variables = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'wsgate-test-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  try {
    const command = ['--no-install', 'vitest', 'run', ...reporters, ...choice];
    sum.countReport(name, report, succeeds('npx', command, variables));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function chooseStages(names) {
  const unknown = names.filter((name) => !Object.hasOwn(STAGES, name));
  if (unknown.length === 0) return names.length > 0 ? names : Object.keys(STAGES);
  console.error(`Unknown stage: ${unknown.join(', ')}. Known: ${Object.keys(STAGES).join(', ')}`);
  return process.exit(2);
}

for (const name of chooseStages(process.argv.slice(2))) {
  console.log(`\n== ${name}`);
  STAGES[name]();
}
sum.print();
