import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { findDoors } from './find-doors.js';
import { type Module, parseModule, readModules } from './modules.js';

type Modules = ReadonlyMap<string, Module>;

/**
 * What doors give out without a word about it: names, the methods and accessors of classes, and the
 * optional members of interfaces, which are options.
 */
function findUndescribed(modules: Modules, doors: readonly string[]): string[] {
  const found = doors.flatMap((door) => [...undescribedOf(exportedFrom(modules, door))]);
  return [...new Set(found)].sort();
}

function* undescribedOf(names: ReadonlyMap<string, readonly ts.Node[]>): Generator<string> {
  for (const [name, declared] of names) {
    if (!declared.some(isDescribed)) yield name;
    for (const member of findMembers(declared)) yield `${name}.${member}`;
  }
}

/** The declarations behind each name of a module, wherever they stand. */
function exportedFrom(modules: Modules, path: string): Map<string, readonly ts.Node[]> {
  const module = modules.get(path);
  const names = new Map<string, readonly ts.Node[]>();
  for (const statement of module?.source.statements ?? []) {
    if (ts.isExportDeclaration(statement)) {
      const target = module?.imports.find(({ specifier }) => isFrom(statement, specifier))?.target;
      for (const { name, propertyName } of readSpecifiers(statement)) {
        const from = exportedFrom(modules, target ?? '').get((propertyName ?? name).text);
        if (from !== undefined) names.set(name.text, from);
      }
    } else {
      for (const name of readDeclaredNames(statement)) {
        names.set(name, [...(names.get(name) ?? []), statement]);
      }
    }
  }
  return names;
}

function isFrom({ moduleSpecifier }: ts.ExportDeclaration, specifier: string): boolean {
  return moduleSpecifier !== undefined && (moduleSpecifier as ts.StringLiteral).text === specifier;
}

function readSpecifiers({ exportClause }: ts.ExportDeclaration): readonly ts.ExportSpecifier[] {
  return exportClause !== undefined && ts.isNamedExports(exportClause) ? exportClause.elements : [];
}

function readDeclaredNames(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  const { name } = statement as ts.DeclarationStatement;
  return name === undefined ? [] : [name.getText()];
}

/** The members of classes and interfaces that have to be described and are not. */
function findMembers(declared: readonly ts.Node[]): string[] {
  const members = declared.flatMap((node): readonly (ts.ClassElement | ts.TypeElement)[] =>
    ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) ? [...node.members] : [],
  );
  const described = new Set(members.filter(isDescribed).map((member) => member.name?.getText()));
  return members
    .filter(mustBeDescribed)
    .map((member) => member.name?.getText() ?? '')
    .filter((name) => !described.has(name));
}

function mustBeDescribed(member: ts.ClassElement | ts.TypeElement): boolean {
  // What begins with # is private, and what a symbol means is known.
  if (member.name === undefined || !ts.isIdentifier(member.name)) return false;
  if (ts.isPropertySignature(member)) return member.questionToken !== undefined;
  const hiding = ts.ModifierFlags.NonPublicAccessibilityModifier;
  const isPublic = (ts.getCombinedModifierFlags(member) & hiding) === 0;
  return isPublic && (ts.isMethodDeclaration(member) || ts.isAccessor(member));
}

function isDescribed(node: ts.Node): boolean {
  return ts.getJSDocCommentsAndTags(node).length > 0;
}

function toModules(modules: readonly Module[]): Modules {
  return new Map(modules.map((module) => [module.path, module]));
}

describe('docstrings', () => {
  it('describe what the package exports: names, methods, accessors and options', () => {
    const doors = findDoors().map(({ file }) => file.replace(/^\.\//, ''));
    const modules = toModules(readModules('lib'));
    for (const door of doors) expect(exportedFrom(modules, door).size).toBeGreaterThan(1);
    expect(findUndescribed(modules, doors)).toEqual([]);
  });

  it('are missed where there are none, also behind another name and another file', () => {
    const modules = toModules([
      parseModule('lib/door.ts', "export { A as B, type C, d } from './inner.js';"),
      parseModule(
        'lib/inner.ts',
        "export { A } from './a.js'; export type { C } from './a.js'; export const d = 1;",
      ),
      parseModule(
        'lib/a.ts',
        `export class A {
          run(): void {}
          get size(): number { return 1; }
          static of(): A { return new A(); }
          private hidden(): void {}
          #own(): void {}
          [Symbol.iterator](): void {}
          /** Two forms. */
          both(one: string): void;
          both(): void {}
        }
        /** Described. */
        export interface C {
          required: string;
          option?: string;
          /** Said. */
          other?: string;
        }`,
      ),
    ]);
    expect(findUndescribed(modules, ['lib/door.ts'])).toEqual(
      ['B', 'B.of', 'B.run', 'B.size', 'C.option', 'd'].sort(),
    );
  });
});
