import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { findDoors } from './find-doors.js';
import { parseModule, ROOT } from './modules.js';

/** The names a door gives out, types included. `*` stands for a re-export that hides them. */
function readPublicNames(path: string, text: string): string[] {
  return parseModule(path, text).source.statements.flatMap(readExportedNames).sort();
}

function readExportedNames(statement: ts.Statement): string[] {
  if (ts.isExportDeclaration(statement)) {
    const { exportClause } = statement;
    if (exportClause === undefined) return ['*'];
    if (ts.isNamespaceExport(exportClause)) return [exportClause.name.text];
    return exportClause.elements.map((element) => element.name.text);
  }
  if (ts.isExportAssignment(statement)) return ['default'];
  const isExported =
    ts.canHaveModifiers(statement) &&
    ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  return isExported ? readDeclaredNames(statement) : [];
}

function readDeclaredNames(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  const { name } = statement as ts.DeclarationStatement;
  return name === undefined ? ['default'] : [name.getText()];
}

const listed = JSON.parse(readFileSync(join(ROOT, 'test/house/doors.json'), 'utf8')) as Readonly<
  Record<string, readonly string[]>
>;

describe('public names', () => {
  const doors = findDoors();

  it('are listed for every door, and for no other', () => {
    expect(Object.keys(listed).sort()).toEqual(doors.map(({ name }) => name).sort());
  });

  for (const { name, file } of doors) {
    it(`of ${name} equal test/house/doors.json`, () => {
      const names = readPublicNames(file, readFileSync(join(ROOT, file), 'utf8'));
      expect(names).toEqual([...(listed[name] ?? [])].sort());
    });

    it(`of ${name} are spelled out`, () => {
      expect(readPublicNames(file, readFileSync(join(ROOT, file), 'utf8'))).not.toContain('*');
    });
  }

  it('are read from every form of export', () => {
    const text = `
      export { a, b as c } from './a.js';
      export type { D } from './d.js';
      export * as e from './e.js';
      export * from './f.js';
      export const g = 1;
      export interface H {}
      export default class {}
      const hidden = 1;
    `;
    expect(readPublicNames('lib/index.ts', text)).toEqual([
      '*',
      'D',
      'H',
      'a',
      'c',
      'default',
      'e',
      'g',
    ]);
  });
});
