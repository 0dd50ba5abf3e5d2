import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { type Module, parseModule, readModules, ROOT, visit } from '../house/modules.js';

/** How much of the wording of a line its page must have. */
const ENOUGH = 24;

/** The fixed words of the lines that functions with a call of a logger write. */
function findLines(module: Module): readonly string[] {
  const functions = new Set<ts.Node>();
  visit(module.source, (node) => {
    if (ts.isCallExpression(node) && isLogCall(node)) functions.add(outermostFunction(node));
  });
  return [...functions].flatMap(wordsIn).filter((words) => /\w \w/.test(words));
}

function isLogCall({ expression }: ts.CallExpression): boolean {
  return /logger\.(?:error|warn|log|debug)$/i.test(expression.getText());
}

function outermostFunction(node: ts.Node): ts.Node {
  let found = node;
  for (let each = node; !ts.isSourceFile(each); each = each.parent) {
    if (ts.isFunctionLike(each)) found = each;
  }
  return found;
}

function wordsIn(body: ts.Node): readonly string[] {
  const found: string[] = [];
  visit(body, (node) => {
    const isText = ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node);
    if (isText && !goesOn(node)) found.push(node.text.trim());
  });
  return found;
}

/** Is it the second half of a text that is too long for one line? */
function goesOn(node: ts.Node): boolean {
  return ts.isBinaryExpression(node.parent) && node.parent.right === node;
}

function findUndocumented(modules: readonly Module[], page: string): readonly string[] {
  const words = modules.flatMap((module) => findLines(module));
  return words.filter((each) => !page.includes(each.slice(0, ENOUGH)));
}

it('docs/guide/observability.md has every line of the log', () => {
  const page = readFileSync(join(ROOT, 'docs/guide/observability.md'), 'utf8');
  const modules = readModules('lib/nest');
  expect(modules.flatMap((module) => findLines(module)).length).toBeGreaterThan(12);
  expect(findUndocumented(modules, page)).toEqual([]);
});

it('would be caught without one', () => {
  const code = `class A {
    fail(path: string) { const line = \`the roof of \${path} is leaking\`; this.#logger.warn(line); }
    other() { return 'nobody logs this'; }
  }`;
  const modules = [parseModule('lib/nest/a.ts', code)];
  expect(findUndocumented(modules, 'the roof of /chat')).toEqual(['is leaking']);
});
