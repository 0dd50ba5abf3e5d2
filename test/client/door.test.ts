import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../house/modules.js';

const parse = (path: string): string[] => {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  return source.statements
    .flatMap((statement) =>
      ts.isExportDeclaration(statement) && statement.exportClause
        ? ts.isNamedExports(statement.exportClause)
          ? statement.exportClause.elements.map(({ name }) => name.text)
          : []
        : [],
    )
    .sort();
};

describe("the client's two doors", () => {
  it('have the same names, but for what only Node has', () => {
    const onlyInNode = ['ClientOptions'];
    const names = parse('lib/client/node.ts').filter((name) => !onlyInNode.includes(name));
    expect(names).toEqual(parse('lib/client/index.ts'));
    expect(parse('lib/client/index.ts')).toContain('WsClient');
  });

  it('are told apart by the condition `node`, before every other', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      readonly exports: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    };
    const conditions = manifest.exports['./client'] ?? {};
    expect(Object.keys(conditions)[0]).toBe('node');
    expect(conditions['node']).toMatchObject({
      import: './dist/client/node.js',
      require: './dist/client/node.js',
    });
    expect(conditions).toMatchObject({
      import: './dist/client/index.js',
      require: './dist/client/index.js',
    });
  });

  it('compile for a browser, where no type of Node is known', { timeout: 60_000 }, () => {
    const program = ts.createProgram([join(ROOT, 'lib/client/index.ts')], {
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      target: ts.ScriptTarget.ES2023,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.esnext.disposable.d.ts'],
      types: [],
      strict: true,
      noEmit: true,
    });
    const diagnostics = ts.getPreEmitDiagnostics(program);
    const messages = diagnostics.map(({ messageText }) =>
      ts.flattenDiagnosticMessageText(messageText, '\n'),
    );
    expect(messages).toEqual([]);
    const files = program.getSourceFiles().map(({ fileName }) => fileName);
    expect(files.filter((name) => /@types\/node|lib\/socket\/(?!deadline)/.test(name))).toEqual([]);
  });
});
