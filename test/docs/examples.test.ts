import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import doors from '../house/doors.json' with { type: 'json' };
import { type Module, parseModule, readModules, visit } from '../house/modules.js';
import { Workbench } from './workbench.js';

/**
 * Tags that this code uses. To the compiler every @ after a space begins one, a decorator in an
 * example too, unless it is in backticks; the rest of the example is then not shown.
 */
const TAGS: readonly string[] = [
  'example',
  'internal',
  'packageDocumentation',
  'param',
  'returns',
  'throws',
];

/** What examples may use without a word: the names of the doors, and things of an application. */
const SURROUNDINGS = `
import { expect } from 'vitest';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
${importsOf('.', ['CookieGuard', 'WsModule', 'WsPayload', 'WsgateAdapter', 'wsHandlerFor'])}
${importsOf('./client', ['WsClient'])}
${importsOf('./protocol', ['Endpoint'])}
${importsOf('./server', ['WebSocket', 'WebSocketServer'])}
${importsOf('./testing', ['connect'])}
interface SendMessage { text: string }
interface Ack { ok: boolean }
interface WatchPrices { symbols: string[] }
interface Price { cents: number }
interface Message { from: string; text: string }
interface User { name: string }
interface ChatContract {
  calls: { 'message.send': { payload: SendMessage; reply: Ack } };
  streams: { 'prices.watch': { payload: WatchPrices; item: Price } };
  pushes: { 'message.new': Message };
}
declare class AppModule {}
declare class SessionStore { find(sid: string): Promise<User | null> }
declare const app: INestApplication;
declare const client: WsClient<ChatContract>;
declare const endpoint: Endpoint;
declare const chunk: Uint8Array;
declare const transport: { write(bytes: Uint8Array): void };
declare function handle(event: object): void;
declare function show(...values: unknown[]): void;
`;

function importsOf(door: keyof typeof doors, names: readonly string[]): string {
  expect(doors[door]).toEqual(expect.arrayContaining([...names]));
  return `import { ${names.join(', ')} } from '${door.replace('.', 'nestjs-wsgate')}';`;
}

interface Tag {
  readonly name: string;
  readonly text: string;
  readonly line: number;
}

/** The tags of the comments of a module, as the compiler and so an editor reads them. */
function readTags({ source }: Module): readonly Tag[] {
  const found = new Map<number, Tag>();
  visit(source, (node) => {
    for (const tag of ts.getJSDocTags(node)) {
      const { line } = source.getLineAndCharacterOfPosition(tag.pos);
      const text = ts.getTextOfJSDocComment(tag.comment) ?? '';
      found.set(tag.pos, { name: tag.tagName.text, text, line });
    }
  });
  return [...found.values()];
}

function findForeignTags(modules: readonly Module[]): readonly string[] {
  return modules.flatMap((module) =>
    readTags(module)
      .filter(({ name }) => !TAGS.includes(name))
      .map(({ name, line }) => `${module.path}:${line + 1} @${name}`),
  );
}

/** What the compiler says about the examples, each in a function of its own. */
function compileExamples(modules: readonly Module[]): readonly string[] {
  const workbench = new Workbench();
  for (const module of modules) {
    const examples = readTags(module).filter(({ name }) => name === 'example');
    const files = examples.map(({ text, line }) => ({
      name: `line-${line + 1}.ts`,
      code: `${SURROUNDINGS}\nexport async function example() {\n${text}\n}`,
      line,
    }));
    workbench.add({ path: module.path, text: '', files });
  }
  try {
    return workbench.compile();
  } finally {
    workbench.remove();
  }
}

describe('what an editor shows of a comment', { timeout: 60_000 }, () => {
  const modules = readModules('lib');

  it('has no tag that was meant as code, such as a decorator', () => {
    expect(findForeignTags(modules)).toEqual([]);
  });

  it('has examples that compile', () => {
    const examples = modules.flatMap(readTags).filter(({ name }) => name === 'example');
    expect(examples.length).toBeGreaterThan(9);
    expect(compileExamples(modules)).toEqual([]);
  });

  it('would be caught', () => {
    const text =
      '/**\n * A.\n *\n * @example\n * show(none);\n * @Show()\n */\nexport const a = 1;\n';
    const bad = [parseModule('lib/a.ts', text)];
    expect(findForeignTags(bad)).toEqual(['lib/a.ts:6 @Show']);
    expect(compileExamples(bad)).toEqual([expect.stringContaining("Cannot find name 'none'")]);
  });
});
