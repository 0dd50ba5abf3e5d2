import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly files: readonly string[];
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;

/** `nestjs-wsgate`, `nestjs-wsgate/server`, ...: those whose source is there. */
const doors = Object.entries(manifest.exports).flatMap(([name, target]) => {
  if (typeof target === 'string' || !existsSync(join(ROOT, target['nestjs-wsgate-source'] ?? ''))) {
    return [];
  }
  return [name.replace(/^\./, 'nestjs-wsgate')];
});

/** These two floors know the framework; all others must load in a project that has never heard of it. */
const NEST_DOORS = ['nestjs-wsgate', 'nestjs-wsgate/testing'];
const plainDoors = doors.filter((door) => !NEST_DOORS.includes(door));

const work = mkdtempSync(join(tmpdir(), 'wsgate-pack-'));

/** The output, which is what a failed command says in the test report. */
function run(folder: string, command: string, ...args: readonly string[]): string {
  try {
    return execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    throw new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`, { cause: error });
  }
}

/** Builds and packs a copy, so that `dist` of the repository is left to whoever is using it. */
function packCopy(): string {
  const copy = join(work, 'copy');
  mkdirSync(copy);
  const parts = ['lib', 'package.json', 'tsconfig.json', 'tsconfig.build.json', ...manifest.files];
  for (const part of parts.filter((name) => name !== 'dist' && existsSync(join(ROOT, name)))) {
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  run(copy, 'npm', 'pack', '--silent', '--pack-destination', work);
  return join(work, run(work, 'sh', '-c', 'ls *.tgz').trim());
}

function install(folder: string, tarball: string, ...options: readonly string[]): string {
  const project = join(work, folder);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: folder, private: true }));
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', '--silent'];
  run(project, 'npm', 'install', tarball, ...quiet, ...options);
  return project;
}

function atTestedVersion(...names: readonly string[]): string[] {
  return names.map((name) => `${name}@${manifest.devDependencies[name]}`);
}

function importDoor(project: string, door: string): void {
  const code = `if (Object.keys(await import('${door}')).length === 0) throw new Error('empty')`;
  run(project, process.execPath, '--input-type=module', '--eval', code);
}

function requireDoor(project: string, door: string): void {
  const code = `if (Object.keys(require('${door}')).length === 0) throw new Error('empty')`;
  run(project, process.execPath, '--input-type=commonjs', '--eval', code);
}

/** How applications find modules. The declarations of this package are checked as their own code. */
const AS_NODE = '--module nodenext --types node consumer.mts consumer.cts';
const RESOLUTIONS: Readonly<Record<string, string>> = {
  'as Node does': AS_NODE,
  'as CommonJS applications did before Node had exports':
    '--module commonjs --moduleResolution node10 --ignoreDeprecations 6.0 --types node consumer.ts',
};

/** A page whose compiler knows neither Node nor `using`. */
const PAGE = '--module esnext --moduleResolution bundler --lib es2020,dom consumer.ts';

/** Uses doors from modules of every kind. */
function typeCheck(project: string, names: readonly string[], options: string): void {
  const lines = names.map((door, index) => `export * as door${index} from '${door}';`);
  for (const extension of ['ts', 'mts', 'cts']) {
    writeFileSync(join(project, `consumer.${extension}`), `${lines.join('\n')}\n`);
  }
  const common = ['--strict', '--noEmit', '--target', 'es2023', '--exactOptionalPropertyTypes'];
  run(project, process.execPath, TSC, ...common, ...options.split(' '));
}

// A build and two installs: minutes on a cold cache.
describe('the published package', { timeout: 120_000 }, () => {
  let tarball: string;

  beforeAll(() => {
    tarball = packCopy();
  }, 120_000);

  afterAll(() => rmSync(work, { recursive: true, force: true }));

  it('holds what is run and read, and nothing else', () => {
    const names = run(work, 'tar', '-tzf', tarball).trim().split('\n');
    const strangers = names.filter(
      (name) =>
        !/^package\/(dist\/.*\.(js|d\.ts|js\.map)|docs\/.*\.(md|svg)|[A-Z]+(\.md)?|package\.json)$/.test(
          name,
        ),
    );
    expect(strangers).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['package/LICENSE', 'package/README.md']));
    const linked = readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/\]\((docs\/[^)#]+)/g);
    const guide = Array.from(linked, ([, path]) => `package/${path}`);
    expect(names).toEqual(expect.arrayContaining(guide));
  });

  describe.runIf(plainDoors.length > 0)('without Nest', () => {
    let project: string;

    beforeAll(() => {
      project = install('plain', tarball, '--legacy-peer-deps', ...atTestedVersion('@types/node'));
    }, 120_000);

    it('installs no framework', () => {
      expect(existsSync(join(project, 'node_modules/@nestjs'))).toBe(false);
    });

    it.each(plainDoors)('imports %s', (door) => importDoor(project, door));
    it.each(plainDoors)('requires %s', (door) => requireDoor(project, door));
    it('type-checks', () => typeCheck(project, plainDoors, AS_NODE));
    it('type-checks in a page', () => typeCheck(project, ['nestjs-wsgate/client'], PAGE));
  });

  describe.runIf(doors.length > plainDoors.length)('beside Nest', () => {
    let project: string;

    beforeAll(() => {
      const peers = [
        '@nestjs/common',
        '@nestjs/core',
        '@nestjs/testing',
        'reflect-metadata',
        'rxjs',
      ];
      project = install('beside-nest', tarball, ...atTestedVersion(...peers, '@types/node'));
    }, 120_000);

    it.each(doors)('imports %s', (door) => importDoor(project, door));
    it.each(doors)('requires %s', (door) => requireDoor(project, door));
    it.each(Object.entries(RESOLUTIONS))('type-checks, found %s', (_how, options) =>
      typeCheck(project, doors, options),
    );
  });
});
