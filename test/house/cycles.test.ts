import { describe, expect, it } from 'vitest';
import { type Module, parseModule, readModules } from './modules.js';

/** What each place needs: a file, or a folder as its siblings see it. */
type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** Type imports count: they tie files together for a reader too. */
function drawFiles(modules: readonly Module[]): Graph {
  return draw(modules, (from, to) => [from, to]);
}

/**
 * Each import as one between siblings: that of `lib/nest/push/rooms.ts` in `lib/nest/session/calls/call.ts` makes
 * `lib/nest/session` need `lib/nest/push`. A folder whose files lie on both sides of another one has two ideas in it.
 */
function drawSiblings(modules: readonly Module[]): Graph {
  return draw(modules, (from, to) => {
    const [left, right] = [from.split('/'), to.split('/')];
    const parted = left.findIndex((name, depth) => name !== right[depth]);
    return [left.slice(0, parted + 1).join('/'), right.slice(0, parted + 1).join('/')];
  });
}

function draw(
  modules: readonly Module[],
  place: (from: string, to: string) => readonly [string, string],
): Graph {
  const graph = new Map<string, Set<string>>();
  for (const { path, imports } of modules) {
    for (const { target } of imports) {
      if (target === undefined) continue;
      const [from, to] = place(path, target);
      graph.set(from, (graph.get(from) ?? new Set()).add(to));
    }
  }
  return graph;
}

/** One cycle per back edge of a depth-first walk. */
function findCycles(graph: Graph): string[] {
  const done = new Set<string>();
  const cycles: string[] = [];

  function walk(place: string, trail: readonly string[]): void {
    const seenAt = trail.indexOf(place);
    if (seenAt >= 0) {
      cycles.push([...trail.slice(seenAt), place].join(' -> '));
      return;
    }
    if (done.has(place)) return;
    for (const needed of graph.get(place) ?? []) walk(needed, [...trail, place]);
    done.add(place);
  }

  for (const place of graph.keys()) walk(place, []);
  return cycles;
}

describe('cycles', () => {
  it('do not exist in lib', () => {
    expect(findCycles(drawFiles(readModules('lib')))).toEqual([]);
  });

  it('do not exist between the folders of lib', () => {
    expect(findCycles(drawSiblings(readModules('lib')))).toEqual([]);
  });

  it('are found, however long and even when only types go round', () => {
    const modules = [
      parseModule('lib/a.ts', "import { b } from './b.js'"),
      parseModule('lib/b.ts', "import { c } from './c.js'"),
      parseModule('lib/c.ts', "import type { A } from './a.js'"),
    ];
    expect(findCycles(drawFiles(modules))).toEqual([
      'lib/a.ts -> lib/b.ts -> lib/c.ts -> lib/a.ts',
    ]);
  });

  it('are found between folders whose files have none', () => {
    const modules = [
      parseModule('lib/x/a.ts', "import { b } from '../y/deep/b.js'"),
      parseModule('lib/y/deep/b.ts', "import '../d.js'"),
      parseModule('lib/y/d.ts', ''),
      parseModule('lib/y/c.ts', "import type { D } from '../x/d.js'"),
      parseModule('lib/x/d.ts', ''),
    ];
    expect(findCycles(drawFiles(modules))).toEqual([]);
    expect(findCycles(drawSiblings(modules))).toEqual(['lib/x -> lib/y -> lib/x']);
  });

  it('are found between a folder and a file beside it', () => {
    const modules = [
      parseModule('lib/a.ts', "import { b } from './x/b.js'"),
      parseModule('lib/x/c.ts', "import { a } from '../a.js'"),
    ];
    expect(findCycles(drawSiblings(modules))).toEqual(['lib/a.ts -> lib/x -> lib/a.ts']);
  });

  it('are not seen in a diamond', () => {
    const modules = [
      parseModule('lib/a.ts', "import './b.js'; import './c.js'"),
      parseModule('lib/b.ts', "import './d.js'"),
      parseModule('lib/c.ts', "import './d.js'"),
      parseModule('lib/d.ts', ''),
    ];
    expect(findCycles(drawFiles(modules))).toEqual([]);
    expect(findCycles(drawSiblings(modules))).toEqual([]);
  });
});
