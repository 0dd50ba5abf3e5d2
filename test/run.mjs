// `npm test`: every stage runs even when an earlier one failed, and the last line is the sum.
//   node test/run.mjs              all stages
//   node test/run.mjs lint types   only these
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The suites whose subject reads or writes sockets. */
const MOVERS = ['socket', 'server', 'conformance', 'interop', 'nest', 'testing', 'client'].map(
  (folder) => `test/${folder}/`,
);

const STAGES = {
  lint: () => check('npm', ['run', '--silent', 'lint']),
  format: () => check('npm', ['run', '--silent', 'format:check']),
  types: () => check('npm', ['run', '--silent', 'types']),
  // Samples and the pack test run what users install, so dist must be fresh before vitest.
  build: () => check('npm', ['run', '--silent', 'build']),
  vitest: () => runVitest(),
  // What moves bytes, once more without Node's internals.
  'plain-lane': () => runVitest(['--project', 'unit', ...MOVERS], { WSGATE_LANE: 'plain' }),
};

function succeeds(command, args, variables = {}) {
  const env = { ...process.env, ...variables };
  return spawnSync(command, args, { stdio: 'inherit', env }).status === 0;
}

/** A stage that is one yes or no. */
function check(command, args) {
  return succeeds(command, args) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function runVitest(choice = [], variables = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'wsgate-test-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  try {
    const command = ['--no-install', 'vitest', 'run', ...reporters, ...choice];
    const clean = succeeds('npx', command, variables);
    return countTests(readReport(report), clean);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function countTests(report, clean) {
  if (report === undefined) return { passed: 0, failed: 1 };
  // A file that dies while loading holds no failed test, yet nothing in it ran.
  const broken = report.testResults.filter(
    (file) =>
      file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = report.numFailedTests + broken;
  if (report.numPendingTests > 0) console.log(`vitest: ${report.numPendingTests} skipped`);
  // An unhandled rejection fails the run without failing a test.
  return { passed: report.numPassedTests, failed: clean ? failed : Math.max(failed, 1) };
}

function chooseStages(names) {
  const unknown = names.filter((name) => !Object.hasOwn(STAGES, name));
  if (unknown.length === 0) return names.length > 0 ? names : Object.keys(STAGES);
  console.error(`Unknown stage: ${unknown.join(', ')}. Known: ${Object.keys(STAGES).join(', ')}`);
  return process.exit(2);
}

const total = { passed: 0, failed: 0 };
for (const name of chooseStages(process.argv.slice(2))) {
  console.log(`\n== ${name}`);
  const result = STAGES[name]();
  console.log(`${name}: ${result.passed} passed, ${result.failed} failed`);
  total.passed += result.passed;
  total.failed += result.failed;
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;
