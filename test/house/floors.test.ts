import { describe, expect, it } from 'vitest';
import { type Import, type Module, parseModule, readModules } from './modules.js';

/** What each floor may look down on. Nothing looks at `testing`; `server` and `client` do not see each other. */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  socket: ['protocol'],
  server: ['protocol', 'socket'],
  client: ['protocol', 'socket'],
  nest: ['protocol', 'socket', 'server', 'client'],
  testing: ['protocol', 'socket', 'server', 'client', 'nest'],
  // The public door, lib/index.ts itself.
  '': ['protocol', 'socket', 'server', 'client', 'nest'],
};

/** The floors that may know the framework. */
const NEST_FLOORS: readonly string[] = ['nest', 'testing'];
const FRAMEWORK = /^(@nestjs\/|rxjs(\/|$)|reflect-metadata(\/|$))/;

function floorOf(path: string): string {
  const [, folder = '', ...rest] = path.split('/');
  return rest.length > 0 ? folder : '';
}

function findFloorBreaks(modules: readonly Module[]): string[] {
  return modules.flatMap((module) => {
    const floor = floorOf(module.path);
    if (FLOORS[floor] === undefined) return [`${module.path}: no such floor in the house`];
    return module.imports
      .filter((found) => !isAllowed(floor, found))
      .map((found) => `${module.path} may not import ${found.specifier}`);
  });
}

function isAllowed(floor: string, { specifier, target }: Import): boolean {
  if (target === undefined) return NEST_FLOORS.includes(floor) || !FRAMEWORK.test(specifier);
  if (!target.startsWith('lib/')) return false;
  const below = floorOf(target);
  return below === floor || (FLOORS[floor]?.includes(below) ?? false);
}

describe('floors', () => {
  it('look down only', () => {
    expect(findFloorBreaks(readModules('lib'))).toEqual([]);
  });

  it.each([
    ['lib/protocol/a.ts', "import { x } from '../socket/x.js'"],
    ['lib/socket/a.ts', "import type { x } from '../server/x.js'"],
    ['lib/server/a.ts', "export { x } from '../client/x.js'"],
    ['lib/client/deep/a.ts', "const x = import('../../server/x.js')"],
    ['lib/nest/a.ts', "import { connect } from '../testing/connect.js'"],
    ['lib/index.ts', "export { connect } from './testing/connect.js'"],
    ['lib/server/a.ts', "import { Injectable } from '@nestjs/common'"],
    ['lib/server/a.ts', "let x: import('rxjs').Observable<string>"],
    ['lib/server/a.ts', "import { x } from '../../test/x.js'"],
    ['lib/attic/a.ts', ''],
  ])('are broken by %s: %s', (path, text) => {
    expect(findFloorBreaks([parseModule(path, text)])).toHaveLength(1);
  });

  it('let a floor use itself, the floors below, and Nest where it belongs', () => {
    const modules = [
      parseModule('lib/server/a.ts', "import { x } from './x.js'; import '../socket/y.js'"),
      parseModule(
        'lib/nest/a.ts',
        "import '@nestjs/common'; import 'rxjs'; import '../server/a.js'",
      ),
      parseModule('lib/testing/a.ts', "import '../nest/a.js'; import '../client/a.js'"),
    ];
    expect(findFloorBreaks(modules)).toEqual([]);
  });
});
