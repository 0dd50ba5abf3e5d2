import { isBuiltin } from 'node:module';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { isReference, locate, type Module, parseModule, readModules, visit } from './modules.js';

const DOOR = 'lib/client/index.ts';

const NODE_GLOBALS: ReadonlySet<string> = new Set([
  'Buffer',
  'process',
  'global',
  'require',
  'module',
  '__dirname',
  '__filename',
  'setImmediate',
  'clearImmediate',
]);

/** What a browser would load from the door: types are erased, `import()` is not. */
function reachableFrom(door: string, modules: readonly Module[]): Module[] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const reached = new Set<Module>();
  const waiting = [door];
  for (const path of waiting) {
    const module = byPath.get(path);
    if (module === undefined || reached.has(module)) continue;
    reached.add(module);
    for (const { target, typeOnly } of module.imports) {
      if (target !== undefined && !typeOnly) waiting.push(target);
    }
  }
  return [...reached];
}

function findNodeUses(module: Module): string[] {
  const found = module.imports
    .filter(({ specifier, typeOnly }) => !typeOnly && isBuiltin(specifier))
    .map(({ specifier }) => `${module.path} imports ${specifier}`);
  visit(module.source, (node) => {
    if (ts.isIdentifier(node) && NODE_GLOBALS.has(node.text) && isReference(node)) {
      found.push(`${locate(module, node)} uses ${node.text}`);
    }
  });
  return found;
}

function findNodeInBrowser(modules: readonly Module[]): string[] {
  return reachableFrom(DOOR, modules).flatMap(findNodeUses);
}

describe('the client door', () => {
  it('loads in a browser', () => {
    expect(findNodeInBrowser(readModules('lib'))).toEqual([]);
  });

  it.each([
    "import { connect } from 'node:net'",
    "import { connect } from 'net'",
    'const bytes = Buffer.from(text)',
    'process.nextTick(flush)',
    'setImmediate(flush)',
  ])('would be caught two files away: %s', (text) => {
    const modules = [
      parseModule(DOOR, "export { a } from './a.js'"),
      parseModule('lib/client/a.ts', "const b = import('../protocol/b.js')"),
      parseModule('lib/protocol/b.ts', text),
    ];
    expect(findNodeInBrowser(modules)).toHaveLength(1);
  });

  it('may know the types of Node code, and leave Node code beside it', () => {
    const modules = [
      parseModule(DOOR, "import type { Connector } from './node-connector.js'"),
      parseModule('lib/client/node-connector.ts', "import { connect } from 'node:net'"),
    ];
    expect(findNodeInBrowser(modules)).toEqual([]);
  });
});
