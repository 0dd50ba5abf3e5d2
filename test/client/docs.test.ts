import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../house/modules.js';

const FOLDER = 'docs/client';

/** What the pages take for granted: a contract, a client, and functions of the application. */
const PRELUDE = `
  import type { WsClient } from 'nestjs-wsgate/client';
  declare global {
    interface Price { symbol: string; cents: number }
    interface ChatContract {
      calls: { 'message.send': { payload: { text: string }; reply: { ok: boolean } } };
      streams: {
        'prices.watch': { payload: { symbols: string[] }; item: Price };
        'report.lines': { payload: { from: number }; item: { number: number; text: string } };
      };
      events: { typing: { room: string } };
      pushes: { 'message.new': { from: string; text: string } };
    }
    const client: WsClient<ChatContract>;
    function show(...values: unknown[]): void;
    function draw(price: Price): Promise<void>;
    function login(): Promise<void>;
    function getToken(): Promise<string>;
  }
`;

/** As much of the frameworks as the pages use; they are not installed here. */
const FRAMEWORKS = `
  declare module 'react' {
    export function useState<T>(): [T | undefined, (value: T) => void];
    export function useEffect(effect: () => () => void, dependencies: unknown[]): void;
    export function useSyncExternalStore<T>(
      subscribe: (onChange: () => void) => () => void, get: () => T, getOnServer: () => T): T;
  }
  declare module '@angular/core' {
    export interface OnDestroy { ngOnDestroy(): void }
    export function Injectable(options: { providedIn: 'root' }): ClassDecorator;
    export function inject<T>(token: new () => T): T;
  }
  declare module '@angular/core/rxjs-interop' {
    import type { Observable } from 'rxjs';
    export function toSignal<T>(source: Observable<T>, options?: { initialValue: T }): () => T | undefined;
  }
`;

interface Block {
  /** Where it would be if it were a file. */
  readonly path: string;
  readonly code: string;
}

function readBlocks(page: string): Block[] {
  const text = readFileSync(join(ROOT, FOLDER, page), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([whole, code], index) => {
    const line = text.slice(0, text.indexOf(whole)).split('\n').length;
    return {
      path: join(ROOT, FOLDER, `${page}.${index}.line-${line}.ts`),
      code: `${code}\nexport {};`,
    };
  });
}

/** What the compiler says about these files, as if they were there. */
function compile(files: readonly Block[]): string[] {
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
  const full: ts.CompilerOptions = {
    ...options,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.esnext.disposable.d.ts'],
    noUnusedLocals: false,
  };
  const texts = new Map(files.map(({ path, code }) => [path, code]));
  const host = ts.createCompilerHost(full);
  const { readFile, fileExists } = host;
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.getSourceFile = (path, target) => {
    const text = host.readFile(path);
    return text === undefined ? undefined : ts.createSourceFile(path, text, target);
  };
  const program = ts.createProgram([...texts.keys()], full, host);
  const diagnostics = [...program.getGlobalDiagnostics()];
  for (const path of texts.keys()) {
    const source = program.getSourceFile(path);
    diagnostics.push(
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    );
  }
  return diagnostics.map((diagnostic) => {
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n');
    return `${diagnostic.file?.fileName.slice(ROOT.length + 1)}: ${message}`;
  });
}

const surroundings: readonly Block[] = [
  { path: join(ROOT, FOLDER, 'prelude.ts'), code: PRELUDE },
  { path: join(ROOT, FOLDER, 'frameworks.d.ts'), code: FRAMEWORKS },
];

describe('the pages about the client', { timeout: 60_000 }, () => {
  const pages = readdirSync(join(ROOT, FOLDER)).filter((name) => name.endsWith('.md'));

  it('hold nothing that does not compile', () => {
    const blocks = pages.flatMap(readBlocks);
    expect(blocks.length).toBeGreaterThan(20);
    expect(compile([...surroundings, ...blocks])).toEqual([]);
  });

  it('would be caught', () => {
    const wrong = { path: join(ROOT, FOLDER, 'wrong.ts'), code: `client.request('message.sent');` };
    expect(compile([...surroundings, wrong])).toHaveLength(1);
  });
});
