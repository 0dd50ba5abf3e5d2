import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Import, type Module, parseModule, readModules, ROOT } from './modules.js';

/** A door is for users: inside the house a file is imported by its own name. */
function findBarrelImports(modules: readonly Module[]): string[] {
  return modules.flatMap((module) =>
    module.imports
      .filter(isDoor)
      .map(({ specifier }) => `${module.path} imports the door ${specifier}`),
  );
}

function isDoor({ specifier, target }: Import): boolean {
  if (target === undefined) return /^nestjs-wsgate(\/|$)/.test(specifier);
  const isFolder = posix.extname(target) === '';
  return isFolder || posix.basename(target) === 'index.ts';
}

function findMissingFiles(modules: readonly Module[]): string[] {
  return modules.flatMap((module) =>
    module.imports
      .filter(({ target }) => target !== undefined && !existsSync(join(ROOT, target)))
      .map(({ specifier }) => `${module.path} imports ${specifier}, which is no file`),
  );
}

describe('doors', () => {
  const modules = readModules('lib');

  it('are not used from inside', () => {
    expect(findBarrelImports(modules)).toEqual([]);
  });

  // The other house tests follow imports by file name, so each has to name one.
  it('and every relative import names a file that exists', () => {
    expect(findMissingFiles(modules)).toEqual([]);
  });

  it.each([
    './index.js',
    '../frame/index.js',
    '..',
    '.',
    '../',
    'nestjs-wsgate',
    'nestjs-wsgate/server',
  ])('are recognised: %s', (specifier) => {
    const module = parseModule('lib/server/a.ts', `export { x } from '${specifier}'`);
    expect(findBarrelImports([module])).toHaveLength(1);
  });

  it('are not confused with files of a similar name', () => {
    const module = parseModule(
      'lib/server/a.ts',
      "import './room-index.js'; import 'nestjs-wsgateway'",
    );
    expect(findBarrelImports([module])).toEqual([]);
  });
});
