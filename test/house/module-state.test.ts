import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { locate, type Module, parseModule, readModules, visit } from './modules.js';

const COLLECTIONS: ReadonlySet<string> = new Set(['Map', 'Set', 'WeakMap', 'WeakSet', 'Array']);

/** Two apps in one process must not meet in a variable of ours, so nothing at module scope may change. */
function findModuleState(module: Module): string[] {
  const found = module.source.statements.flatMap((statement) =>
    ts.isVariableStatement(statement) ? findMutableVariables(module, statement) : [],
  );
  visit(module.source, (node) => {
    if (isMutableStatic(node)) found.push(`${locate(module, node)}: a static that can change`);
    if (isTopLevelAwait(node)) found.push(`${locate(module, node)}: top-level await`);
  });
  return found;
}

function findMutableVariables(module: Module, { declarationList }: ts.VariableStatement): string[] {
  const isConst = (declarationList.flags & ts.NodeFlags.Const) !== 0;
  return declarationList.declarations
    .filter((declaration) => !isConst || isMutable(declaration))
    .map(
      (declaration) => `${locate(module, declaration)}: ${declaration.name.getText()} can change`,
    );
}

function isMutable({
  initializer,
  type,
}: ts.VariableDeclaration | ts.PropertyDeclaration): boolean {
  if (initializer === undefined || isReadonlyType(type)) return false;
  const value = ts.isSatisfiesExpression(initializer) ? initializer.expression : initializer;
  if (ts.isNewExpression(value)) {
    return ts.isIdentifier(value.expression) && COLLECTIONS.has(value.expression.text);
  }
  if (ts.isArrayLiteralExpression(value)) return true;
  // A table with a type of its own says there what may change; an empty or untyped one is a store.
  if (ts.isObjectLiteralExpression(value)) return value.properties.length === 0 || !type;
  return false;
}

/** `ReadonlyMap<...>`, `Readonly<...>`, `readonly string[]`. */
function isReadonlyType(type: ts.TypeNode | undefined): boolean {
  if (type === undefined) return false;
  if (ts.isTypeOperatorNode(type)) return type.operator === ts.SyntaxKind.ReadonlyKeyword;
  return ts.isTypeReferenceNode(type) && type.typeName.getText().startsWith('Readonly');
}

function isMutableStatic(node: ts.Node): boolean {
  if (!ts.isPropertyDeclaration(node)) return false;
  const flags = ts.getCombinedModifierFlags(node);
  if ((flags & ts.ModifierFlags.Static) === 0) return false;
  return (flags & ts.ModifierFlags.Readonly) === 0 || isMutable(node);
}

function isTopLevelAwait(node: ts.Node): boolean {
  const waits = ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier);
  if (!waits) return false;
  return ts.findAncestor(node, (above) => ts.isFunctionLike(above)) === undefined;
}

describe('module scope', () => {
  it('holds no state in lib', () => {
    expect(readModules('lib').flatMap(findModuleState)).toEqual([]);
  });

  it.each([
    'let count = 0',
    'export let count = 0',
    'const rooms = new Map<string, Room>()',
    'const seen: WeakSet<object> = new WeakSet()',
    "const names = ['a']",
    'const cache = {}',
    'const cache: Record<string, Room> = {}',
    'const limits = { size: 1 }',
    'class Registry { static count = 0 }',
    'class Registry { static readonly rooms = new Map() }',
    "const native = await import('x')",
    'for await (const line of lines) read(line)',
  ])('would be caught: %s', (text) => {
    expect(findModuleState(parseModule('lib/a.ts', text))).toHaveLength(1);
  });

  it.each([
    "const CODES = ['a', 'b'] as const",
    'const CODES: ReadonlyMap<string, number> = new Map([["a", 1]])',
    'const CODES: readonly string[] = ["a"]',
    'const DEFAULTS: Readonly<Limits> = { size: 1 }',
    'const DEFAULTS: Limits = { size: 1 }',
    'const DEFAULTS = Object.freeze({ size: 1 })',
    'const TABLE = new Uint8Array(256)',
    'const later = async () => { await run(); let x = new Map(); }',
    'function run() { let count = 0; }',
  ])('may hold constants and functions: %s', (text) => {
    expect(findModuleState(parseModule('lib/a.ts', text))).toEqual([]);
  });
});
