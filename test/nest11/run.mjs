// The leg for Nest 11: `npm run test:nest11`.
// In a copy of the repository, with Nest 11 in place of Nest 12, the tests of the Nest layer run again, and a
// CommonJS application loads the packed package. Ends in the sum.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Sum } from '../support/sum.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const SUITES = ['test/contract', 'test/nest', 'test/testing'];
const NEST_11 = {
  '@nestjs/common': '11.2.10',
  '@nestjs/core': '11.2.10',
  '@nestjs/platform-express': '11.2.10',
  '@nestjs/platform-fastify': '11.2.8',
  '@nestjs/platform-socket.io': '11.2.6',
  '@nestjs/platform-ws': '11.2.6',
  '@nestjs/testing': '11.2.6',
  '@nestjs/throttler': '6.7.1',
  '@nestjs/websockets': '11.2.6',
};
/** What Nest 11 generates tests with. Only that application needs it. */
const JEST = ['jest@30.5.2', '@jest/globals@30.5.2', 'ts-jest@29.4.15'];
const QUIET = [
  '--no-audit',
  '--no-fund',
  '--prefer-offline',
  '--ignore-scripts',
  '--loglevel=error',
];

const work = mkdtempSync(join(tmpdir(), 'wsgate-nest11-'));
const sum = new Sum();

function run(folder, command, ...args) {
  return spawnSync(command, args, { cwd: folder, stdio: 'inherit' }).status === 0;
}

function count(name, succeeded) {
  console.log(`${name}: ${succeeded ? 'passed' : 'FAILED'}`);
  sum.count(`Nest 11: ${name}`, succeeded);
  return succeeded;
}

/** A copy of what the tests need, whose manifest asks for Nest 11. */
function copyRepository() {
  const copy = join(work, 'copy');
  for (const part of [
    'lib',
    'test',
    'docs',
    'tsconfig.json',
    'tsconfig.build.json',
    'vitest.config.ts',
  ]) {
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  }
  for (const file of ['README.md', 'PROTOCOL.md', 'LICENSE', 'CHANGELOG.md', '.npmrc']) {
    cpSync(join(ROOT, file), join(copy, file));
  }
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  Object.assign(manifest.devDependencies, NEST_11);
  dropOthers(manifest.devDependencies);
  writeFileSync(join(copy, 'package.json'), JSON.stringify(manifest, undefined, 2));
  return copy;
}

/** What is made for Nest 12 only, and not used by these tests. */
function dropOthers(dependencies) {
  for (const name of Object.keys(dependencies)) {
    if (name.startsWith('@nestjs/') && !Object.hasOwn(NEST_11, name)) delete dependencies[name];
  }
}

function runSuites(copy) {
  const report = join(work, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const clean = run(copy, 'npx', '--no-install', 'vitest', 'run', ...reporters, ...SUITES);
  sum.countReport('Nest 11', report, clean);
}

/** A CommonJS application of Nest 11, built with tsc and tested with Jest, that requires the package as it is published. */
function runCommonJsApp(copy) {
  if (!count('pack', run(ROOT, 'npm', 'pack', '--silent', '--pack-destination', work))) return;
  const app = join(work, 'commonjs-app');
  cpSync(join(ROOT, 'test/nest11/commonjs-app'), app, { recursive: true });
  mkdirSync(join(app, 'node_modules'), { recursive: true });
  const manifest = JSON.parse(readFileSync(join(copy, 'package.json'), 'utf8'));
  const wanted = [
    '@nestjs/common',
    '@nestjs/core',
    '@nestjs/platform-express',
    '@nestjs/testing',
    'reflect-metadata',
    'rxjs',
    'typescript',
    '@types/node',
    'class-validator',
    'class-transformer',
  ];
  const packages = wanted.map((name) => `${name}@${manifest.devDependencies[name]}`).concat(JEST);
  const tarball = join(work, `nestjs-wsgate-${manifest.version}.tgz`);
  if (!count('install', run(app, 'npm', 'install', ...QUIET, tarball, ...packages))) return;
  if (!count('compile to CommonJS', run(app, 'npx', '--no-install', 'tsc', '-p', '.'))) return;
  count('require, listen, call, stream, close', run(app, process.execPath, 'dist/main.js'));
  count('the same in Jest', run(app, 'npx', '--no-install', 'jest'));
}

try {
  const copy = copyRepository();
  if (count('install Nest 11', run(copy, 'npm', 'install', ...QUIET))) {
    runSuites(copy);
    runCommonJsApp(copy);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
sum.print();
