import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../house/modules.js';

const FOLDER = 'docs/client';

/** What a page means by "the contract". */
const CONTRACT = `
  export interface Price { symbol: string; cents: number }
  export interface ChatContract {
    calls: { 'message.send': { payload: { text: string }; reply: { ok: boolean } } };
    streams: {
      'prices.watch': { payload: { symbols: string[] }; item: Price };
      'report.lines': { payload: { from: number }; item: { number: number; text: string } };
    };
    events: { typing: { room: string } };
    pushes: { 'message.new': { from: string; text: string } };
  }
`;

/** What pages with parts of files go on from: a client, and functions of the application. */
const APPLICATION = `
  import type { WsClient } from 'nestjs-wsgate/client';
  import type { ChatContract, Price } from './chat.contract.js';
  declare global {
    const client: WsClient<ChatContract>;
    function show(...values: unknown[]): void;
    function draw(price: Price): Promise<void>;
    function login(): Promise<void>;
    function getToken(): Promise<string>;
  }
`;

/** Pages with whole files: what these use, they import. */
const WHOLE_FILES = ['angular.md', 'react.md', 'vue.md'];

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
    export function Component(options: { selector: string; template: string }): ClassDecorator;
    export function Injectable(options: { providedIn: 'root' }): ClassDecorator;
    export function inject<T>(token: new () => T): T;
  }
  declare module '@angular/core/rxjs-interop' {
    import type { Observable } from 'rxjs';
    export function toSignal<T>(source: Observable<T>, options?: { initialValue: T }): () => T | undefined;
  }
  declare module 'vue' {
    export interface Ref<T> { value: T }
    export type MaybeRefOrGetter<T> = T | Ref<T> | (() => T);
    export function shallowRef<T>(): Ref<T | undefined>;
    export function shallowRef<T>(value: T): Ref<T>;
    export function toValue<T>(source: MaybeRefOrGetter<T>): T;
    export function onScopeDispose(run: () => void): void;
    export function watch<T>(
      source: () => T, run: (now: T, before: T | undefined, onCleanup: (stop: () => void) => void) => void,
      options: { immediate: true }): void;
  }
`;

interface Block {
  /** Where it would be if it were a file. */
  readonly path: string;
  readonly code: string;
}

function readBlocks(page: string): Block[] {
  const text = readFileSync(join(ROOT, FOLDER, page), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([whole, code = ''], index) => {
    const line = text.slice(0, text.indexOf(whole)).split('\n').length;
    const [, name = `${page}.${index}.line-${line}.ts`] = /^\/\/ (\S+\.ts)\n/.exec(code) ?? [];
    return fileOf(name, `${code}\nexport {};`);
  });
}

function fileOf(name: string, code: string): Block {
  return { path: join(ROOT, FOLDER, name), code };
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

const contract = fileOf('chat.contract.ts', CONTRACT);
const frameworks = fileOf('frameworks.d.ts', FRAMEWORKS);
const application = fileOf('application.ts', APPLICATION);

describe('the pages about the client', { timeout: 60_000 }, () => {
  const pages = readdirSync(join(ROOT, FOLDER)).filter((name) => name.endsWith('.md'));

  it('hold nothing that does not compile', () => {
    const parts = pages.filter((page) => !WHOLE_FILES.includes(page)).flatMap(readBlocks);
    expect(parts.length).toBeGreaterThan(18);
    expect(compile([contract, application, ...parts])).toEqual([]);
  });

  it.each(WHOLE_FILES)('import what they use: %s', (page) => {
    const files = readBlocks(page);
    expect(files).not.toEqual([]);
    expect(compile([contract, frameworks, ...files])).toEqual([]);
  });

  it('would be caught', () => {
    const wrong = fileOf('wrong.ts', `client.request('message.sent');`);
    expect(compile([contract, application, wrong])).toHaveLength(1);
  });
});
