import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { locate, type Module, parseModule, readModules, visit } from './modules.js';

/** What a compiler that makes CommonJS of a module puts around it. */
const WRAPPER_NAMES: ReadonlySet<string> = new Set(['exports', 'require']);

/**
 * Jest and bundlers make CommonJS of the package: there `import.meta` is an error, and a variable
 * named `exports` hides the module's own, so that every constant read beside it is undefined.
 */
function findWhatCommonJsBreaks(module: Module): string[] {
  const found: string[] = [];
  visit(module.source, (node) => {
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) {
      found.push(`${locate(module, node)}: import.meta`);
    }
    const name = readDeclaredName(node);
    if (name !== undefined && WRAPPER_NAMES.has(name)) {
      found.push(`${locate(module, node)}: a variable named ${name}`);
    }
  });
  return found;
}

function readDeclaredName(node: ts.Node): string | undefined {
  const declares =
    ts.isVariableDeclaration(node) ||
    (ts.isParameter(node) && !ts.isFunctionTypeNode(node.parent)) ||
    ts.isBindingElement(node) ||
    ts.isFunctionDeclaration(node);
  return declares && node.name && ts.isIdentifier(node.name) ? node.name.text : undefined;
}

describe('compiled to CommonJS', () => {
  it('the package works as well', () => {
    expect(readModules('lib').flatMap(findWhatCommonJsBreaks)).toEqual([]);
  });

  it.each([
    'createRequire(import.meta.url)',
    'function open(exports: object) {}',
    'class Bulk { constructor(exports: object) {} }',
    'const { exports } = instance',
    'const require = createRequire(path)',
  ])('would be caught: %s', (text) => {
    expect(findWhatCommonJsBreaks(parseModule('lib/a.ts', text))).toHaveLength(1);
  });

  it.each([
    "const msgpackr = await import('msgpackr')",
    'const made = instance.exports',
    'interface Instance { readonly exports: object }',
    'class Bulk { #exports = 1 }',
  ])('may be: %s', (text) => {
    expect(findWhatCommonJsBreaks(parseModule('lib/a.ts', text))).toEqual([]);
  });
});
