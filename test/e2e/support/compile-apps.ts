import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { APPS, COMPILED_APPS } from './apps-folder.js';

/** Compiles `test/e2e/apps`: once before the tests, since several files start them side by side. */
export function setup(): void {
  mkdirSync(COMPILED_APPS, { recursive: true });
  const compilerOptions: ts.CompilerOptions = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2023,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    verbatimModuleSyntax: true,
  };
  for (const file of readdirSync(APPS).filter((name) => name.endsWith('.ts'))) {
    const source = readFileSync(join(APPS, file), 'utf8');
    const { outputText } = ts.transpileModule(source, { compilerOptions, fileName: file });
    writeFileSync(join(COMPILED_APPS, `${basename(file, '.ts')}.js`), outputText);
  }
}
