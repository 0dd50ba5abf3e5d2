import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { isReference, locate, type Module, parseModule, readModules, visit } from './modules.js';

/** Pure computation only: no sockets, streams, timers or emitters. Of the process, see below. */
const ALLOWED_PACKAGES: readonly string[] = [
  'node:buffer',
  'node:crypto',
  'node:zlib',
  'node:process',
];

/** Clocks, timers, promises, loggers, and the ways round to them. */
const FORBIDDEN_NAMES: ReadonlySet<string> = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'process',
  'Promise',
  'PromiseLike',
  'EventTarget',
  'console',
  'Date',
  'performance',
  'globalThis',
]);

function findInputOutput(module: Module): string[] {
  const found = module.imports
    .filter(
      ({ specifier, target }) => target === undefined && !ALLOWED_PACKAGES.includes(specifier),
    )
    .map(({ specifier }) => `${module.path} imports ${specifier}`);
  visit(module.source, (node) => {
    const name = nameOfInputOutput(node);
    if (name !== undefined) found.push(`${locate(module, node)} uses ${name}`);
  });
  return found;
}

function nameOfInputOutput(node: ts.Node): string | undefined {
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async';
  if (ts.isAwaitExpression(node)) return 'await';
  if (ts.isImportDeclaration(node) && importsMoreThanVersions(node)) return 'the process';
  const isForbidden = ts.isIdentifier(node) && FORBIDDEN_NAMES.has(node.text) && isReference(node);
  return isForbidden ? node.text : undefined;
}

/** Which version of the platform this is, is a constant; all else of the process is not. */
function importsMoreThanVersions({ moduleSpecifier, importClause }: ts.ImportDeclaration): boolean {
  return (
    ts.isStringLiteral(moduleSpecifier) &&
    moduleSpecifier.text === 'node:process' &&
    importClause?.getText() !== '{ versions }'
  );
}

describe('the protocol engine', () => {
  it('does no input or output', () => {
    expect(readModules('lib/protocol').flatMap(findInputOutput)).toEqual([]);
  });

  it.each([
    "import { Socket } from 'node:net'",
    "import type { Duplex } from 'stream'",
    "import { WebSocket } from 'ws'",
    "const tls = import('node:tls')",
    'setTimeout(run, 5)',
    'process.nextTick(run)',
    "import { nextTick } from 'node:process'",
    "import { nextTick, versions } from 'node:process'",
    "import process from 'node:process'",
    'globalThis.queueMicrotask(run)',
    'async function run() {}',
    'const run = async () => 1',
    'let later: Promise<void>',
    "console.log('seen')",
    'const now = Date.now()',
    'const now = performance.now()',
  ])('would be caught: %s', (text) => {
    expect(findInputOutput(parseModule('lib/protocol/a.ts', text))).not.toEqual([]);
  });

  it('may use its buffers, hashes and zlib, know its version, and call things what it likes', () => {
    const text = `
      import { Buffer } from 'node:buffer';
      import { createHash } from 'node:crypto';
      import { versions } from 'node:process';
      import { readFrame } from './frame.js';
      class Reader { process(chunk: Buffer) { return this.process(chunk); } }
      const names = { console: 1, Date: 2 };
    `;
    expect(findInputOutput(parseModule('lib/protocol/a.ts', text))).toEqual([]);
  });
});
