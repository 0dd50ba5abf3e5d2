import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, totalmem, type } from 'node:os';
import { canPin } from './child.mjs';

const PACKAGES = [
  'ws',
  'bufferutil',
  'socket.io',
  '@nestjs/core',
  '@nestjs/platform-ws',
  '@nestjs/platform-socket.io',
];

/** What a reader must know to compare figures: machine, versions, command. */
export function describeEnvironment() {
  const cores = cpus();
  return {
    command: ['npm run bench', ...quoteArguments()].join(' '),
    machine: `${cores.length} cores ${cores[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release()}`,
    node: process.version,
    pinned: canPin,
    versions: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
  };
}

function quoteArguments() {
  const given = process.argv.slice(2);
  return given.length === 0 ? [] : ['--', ...given];
}

function versionOf(name) {
  const folders = createRequire(import.meta.url).resolve.paths(name);
  const file = folders.map((folder) => `${folder}/${name}/package.json`).find(existsSync);
  return file === undefined ? 'not installed' : JSON.parse(readFileSync(file, 'utf8')).version;
}
