// The legs for other releases of Node: `npm run test:nodes`, or `npm run test:nodes -- 26` for one of them.
// Runs the suites whose subject rests on Node's sockets, zlib and internals. Ends in the sum.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Sum } from '../support/sum.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const RELEASES = ['22', '24', '26'];
const SUITES = ['protocol', 'socket', 'server', 'nest', 'testing', 'client'].map(
  (folder) => `test/${folder}/`,
);
const QUIET = ['--no-audit', '--no-fund', '--no-save', '--prefer-offline', '--loglevel=error'];

const work = mkdtempSync(join(tmpdir(), 'wsgate-nodes-'));
const sum = new Sum();

/** The folder of that release's `node`: the registry has it as a package, without install scripts. */
function installNode(release) {
  const folder = join(work, release);
  const name = `node-${process.platform}-${process.arch}`;
  const args = ['install', ...QUIET, '--prefix', folder, `${name}@${release}`];
  const { status } = spawnSync('npm', args, { stdio: 'inherit' });
  return status === 0 ? join(folder, 'node_modules', name, 'bin') : undefined;
}

function runSuites(release, bin) {
  const report = join(work, `${release}.json`);
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const { status } = spawnSync(
    join(bin, 'node'),
    [vitest, 'run', '--project', 'unit', ...reporters, ...SUITES],
    {
      cwd: ROOT,
      stdio: 'inherit',
      // What the tests start is to be the same Node.
      env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` },
    },
  );
  sum.countReport(`Node ${release}`, report, status === 0);
}

function runLeg(release) {
  const bin = installNode(release);
  if (bin === undefined) sum.count(`Node ${release}: install`, false);
  else runSuites(release, bin);
}

try {
  const wanted = process.argv.slice(2);
  for (const release of wanted.length > 0 ? wanted : RELEASES) {
    console.log(`\n== Node ${release}`);
    runLeg(release);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
sum.print();
