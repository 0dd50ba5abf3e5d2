import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { ROOT } from '../house/modules.js';
import type { Page } from './pages.js';

const HERE = dirname(fileURLToPath(import.meta.url));

/** The files of pages, laid out in folders so that they can be compiled and run. */
export class Workbench {
  private readonly folder = mkdtempSync(join(HERE, '.pages-'));
  /** What a path in the folder is called in the page it comes from. */
  private readonly origins = new Map<string, string>();

  /** Writes the files of a page. */
  add(page: Page): void {
    for (const { name, code, line } of page.files) {
      const path = this.pathOf(page, name);
      mkdirSync(dirname(path), { recursive: true });
      // A block that imports and exports nothing is a module all the same.
      writeFileSync(path, `${code}\nexport {};\n`);
      this.origins.set(path, `${page.path}:${line} (${name})`);
    }
  }

  pathOf(page: Page, name: string): string {
    return join(this.folder, page.path.replaceAll(/[^a-z0-9]+/gi, '-'), name);
  }

  /** What the compiler says about all that was added. */
  compile(): readonly string[] {
    const config = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path));
    const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
    const program = ts.createProgram([...this.origins.keys()], {
      ...options,
      // The browser's WebSocket, and `await using` in tests.
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.esnext.disposable.d.ts'],
      allowJs: true,
      // A block shows one thing; it need not use it.
      noUnusedLocals: false,
      noUnusedParameters: false,
    });
    const found: ts.Diagnostic[] = [];
    for (const path of this.origins.keys()) {
      const file = program.getSourceFile(path);
      found.push(...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file));
    }
    return [...program.getGlobalDiagnostics(), ...found].map((one) => this.describe(one));
  }

  /** Leaves nothing behind. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private describe({ file, start, messageText }: ts.Diagnostic): string {
    const message = ts.flattenDiagnosticMessageText(messageText, '\n');
    if (file === undefined) return message;
    const { line } = file.getLineAndCharacterOfPosition(start ?? 0);
    return `${this.origins.get(file.fileName) ?? file.fileName}, line ${line + 1}: ${message}`;
  }
}
