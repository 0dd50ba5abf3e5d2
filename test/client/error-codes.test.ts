import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { readModules, ROOT, visit } from '../house/modules.js';

/** The members of a union of texts. */
function readUnion(name: string): readonly string[] {
  const found: string[] = [];
  for (const { source } of readModules('lib/client')) {
    visit(source, (node) => {
      if (!ts.isTypeAliasDeclaration(node) || node.name.text !== name) return;
      visit(node.type, (part) => void (ts.isStringLiteral(part) && found.push(part.text)));
    });
  }
  return found;
}

it('docs/client/call.md lists the codes of WsClientError', () => {
  const page = readFileSync(join(ROOT, 'docs/client/call.md'), 'utf8');
  const listed = Array.from(page.matchAll(/^\| `([A-Z_]+)` /gm), ([, code]) => code);
  expect(listed).toEqual(readUnion('WsClientErrorCode'));
});
