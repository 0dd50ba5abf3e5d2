import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');

export interface Import {
  readonly specifier: string;
  /** The file it means, from the repository's root, or undefined when it names a package. */
  readonly target: string | undefined;
  /** Erased by the compiler: nothing is loaded at run time. */
  readonly typeOnly: boolean;
  /** Loaded by `import()` when the code gets there, not with the file. */
  readonly dynamic: boolean;
}

export interface Module {
  /** From the repository's root, with forward slashes: `lib/server/router.ts`. */
  readonly path: string;
  readonly source: ts.SourceFile;
  readonly imports: readonly Import[];
}

/** Every TypeScript file of a folder of the repository. */
export function readModules(folder: string): Module[] {
  return listFiles(join(ROOT, folder))
    .filter((file) => /\.[cm]?ts$/.test(file))
    .map((file) =>
      parseModule(relative(ROOT, file).split(sep).join('/'), readFileSync(file, 'utf8')),
    );
}

export function parseModule(path: string, text: string): Module {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const imports: Import[] = [];
  visit(source, (node) => {
    const found = readImport(node);
    if (found) imports.push({ ...found, target: resolveTarget(path, found.specifier) });
  });
  return { path, source, imports };
}

/** `lib/server/router.ts:12`, for messages a reader can click. */
export function locate(module: Module, node: ts.Node): string {
  const { line } = module.source.getLineAndCharacterOfPosition(node.getStart(module.source));
  return `${module.path}:${line + 1}`;
}

export function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  node.forEachChild((child) => visit(child, see));
}

/** Is the identifier a variable being used, rather than the name of a property or a declaration's key? */
export function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent)) {
    return ts.isPropertyAccessExpression(parent) ? parent.name !== node : parent.right !== node;
  }
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return false;
  if (ts.isBindingElement(parent)) return parent.propertyName !== node;
  const isKey =
    ts.isPropertyAssignment(parent) ||
    ts.isClassElement(parent) ||
    ts.isTypeElement(parent) ||
    ts.isEnumMember(parent);
  return !(isKey && parent.name === node);
}

function listFiles(folder: string): string[] {
  let entries;
  try {
    entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function readImport(node: ts.Node): Omit<Import, 'target'> | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, typeOnly: isTypeImport(node), dynamic: false };
  }
  if (
    ts.isExportDeclaration(node) &&
    node.moduleSpecifier &&
    ts.isStringLiteral(node.moduleSpecifier)
  ) {
    return { specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly, dynamic: false };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    const { literal } = node.argument;
    if (!ts.isStringLiteral(literal)) return undefined;
    return { specifier: literal.text, typeOnly: true, dynamic: false };
  }
  return readCall(node);
}

/** `import('x')`, and `require('x')` under any of the names it goes by. */
function readCall(node: ts.Node): Omit<Import, 'target'> | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const [argument] = node.arguments;
  if (argument === undefined || !ts.isStringLiteralLike(argument)) return undefined;
  const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
  const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require';
  if (!isImport && !isRequire) return undefined;
  return { specifier: argument.text, typeOnly: false, dynamic: true };
}

function isTypeImport({ importClause }: ts.ImportDeclaration): boolean {
  return importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function resolveTarget(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const target = posix.join(posix.dirname(from), specifier);
  return target.replace(/\.js$/, '.ts').replace(/\.mjs$/, '.mts');
}
