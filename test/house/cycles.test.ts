import { describe, expect, it } from 'vitest';
import { type Module, parseModule, readModules } from './modules.js';

/** One cycle per back edge of a depth-first walk. Type imports count: they tie files together for a reader too. */
function findCycles(modules: readonly Module[]): string[] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const done = new Set<string>();
  const cycles: string[] = [];

  function walk(path: string, trail: readonly string[]): void {
    const seenAt = trail.indexOf(path);
    if (seenAt >= 0) {
      cycles.push([...trail.slice(seenAt), path].join(' -> '));
      return;
    }
    if (done.has(path)) return;
    for (const { target } of byPath.get(path)?.imports ?? []) {
      if (target !== undefined) walk(target, [...trail, path]);
    }
    done.add(path);
  }

  for (const module of modules) walk(module.path, []);
  return cycles;
}

describe('cycles', () => {
  it('do not exist in lib', () => {
    expect(findCycles(readModules('lib'))).toEqual([]);
  });

  it('are found, however long and even when only types go round', () => {
    const modules = [
      parseModule('lib/a.ts', "import { b } from './b.js'"),
      parseModule('lib/b.ts', "import { c } from './c.js'"),
      parseModule('lib/c.ts', "import type { A } from './a.js'"),
    ];
    expect(findCycles(modules)).toEqual(['lib/a.ts -> lib/b.ts -> lib/c.ts -> lib/a.ts']);
  });

  it('are not seen in a diamond', () => {
    const modules = [
      parseModule('lib/a.ts', "import './b.js'; import './c.js'"),
      parseModule('lib/b.ts', "import './d.js'"),
      parseModule('lib/c.ts', "import './d.js'"),
      parseModule('lib/d.ts', ''),
    ];
    expect(findCycles(modules)).toEqual([]);
  });
});
