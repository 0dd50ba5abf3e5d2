import { join } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../house/modules.js';

/** What a user may write by mistake, and what the compiler should then say. */
const MISTAKES: readonly (readonly [code: string, message: string])[] = [
  [
    "void client.request('message.sent', { text: 'hi' });",
    `Argument of type '"message.sent"' is not assignable to parameter of type '"message.send" | "room.leave"'.`,
  ],
  [
    "client.send('message.new', { text: 'hi' });",
    `Argument of type '"message.new"' is not assignable to parameter of type '"message.send" | "room.leave" | "typing"'.`,
  ],
  [
    "server.broadcast('message.now', { text: 'hi' });",
    `Argument of type '"message.now"' is not assignable to parameter of type '"message.new" | "room.closed"'.`,
  ],
  [
    "void client.request('message.send', { txt: 'hi' });",
    "Object literal may only specify known properties, but 'txt' does not exist in type '{ text: string; }'. Did you mean to write 'text'?",
  ],
  [
    "void client.request('room.leave', undefined, { timeout: 5 });",
    "Object literal may only specify known properties, but 'timeout' does not exist in type 'WsRequestOptions'. Did you mean to write 'timeoutMs'?",
  ],
  [
    "export const reply: string = await wrong.request('a', 1);",
    `Type 'UnknownMember<"replay">' is not assignable to type 'string'.`,
  ],
  [
    "void wrong.request('b', 1);",
    `Argument of type 'number' is not assignable to parameter of type 'UnknownMember<"payloads">'.`,
  ],
  [
    'export type Wrong = WsClient<{ call: object }>;',
    "Type '{ call: object; }' has no properties in common with type 'WsContract'.",
  ],
];

const PRELUDE = `
import type { WsServer } from 'nestjs-wsgate';
import type { WsClient } from 'nestjs-wsgate/client';
interface Chat {
  calls: { 'message.send': { payload: { text: string }; reply: 1 }; 'room.leave': { reply: 2 } };
  events: { typing: 1 };
  pushes: { 'message.new': { text: string }; 'room.closed': undefined };
}
interface Misspelt {
  calls: { a: { payload: number; replay: string }; b: { payloads: number; reply: string } };
}
declare const client: WsClient<Chat>;
declare const server: WsServer<Chat>;
declare const wrong: WsClient<Misspelt>;
`;

describe('what the compiler says', () => {
  let messages: readonly (readonly string[])[];

  beforeAll(() => {
    messages = compile(MISTAKES.map(([code]) => `${PRELUDE}\n${code}\n`));
  }, 60_000);

  it.each(MISTAKES.map(([code, message], index) => [code, message, index] as const))(
    'of %s',
    (_code, message, index) => {
      expect(messages[index]).toEqual([message]);
    },
  );
});

/** The errors of each of these modules. */
function compile(modules: readonly string[]): readonly (readonly string[])[] {
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
  const texts = new Map(modules.map((text, n) => [join(ROOT, `test/types/mistake-${n}.ts`), text]));
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.fileExists = (path) => texts.has(path) || ts.sys.fileExists(path);
  host.getSourceFile = (path, target, ...rest) => {
    const text = texts.get(path);
    return text === undefined
      ? read(path, target, ...rest)
      : ts.createSourceFile(path, text, target);
  };
  const program = ts.createProgram([...texts.keys()], { ...options, noUnusedLocals: false }, host);
  return [...texts.keys()].map((path) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(path))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  );
}
