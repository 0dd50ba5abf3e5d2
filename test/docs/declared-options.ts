import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../house/modules.js';
import { readValue } from './tables.js';

/** One option as its interface declares it. */
export interface DeclaredOption {
  readonly name: string;
  /** The type as it is written, without the `undefined` of an option that may be absent: `OriginPolicy`. */
  readonly type: string;
  /** Whether it may be given as undefined, under `exactOptionalPropertyTypes` too. */
  readonly acceptsUndefined: boolean;
  /** The docstring. */
  readonly text: string;
}

const FILES: Readonly<Record<string, string>> = {
  WsModuleOptions: 'lib/nest/options/ws-module-options.ts',
  WsGatewayOptions: 'lib/nest/options/ws-module-options.ts',
  PushOptions: 'lib/nest/options/push-options.ts',
  RecheckOptions: 'lib/nest/options/recheck-options.ts',
  StreamOptions: 'lib/nest/options/stream-options.ts',
  MessageRateOptions: 'lib/nest/options/message-rate-options.ts',
  DeflateOptions: 'lib/protocol/extensions/permessage-deflate/deflate-options.ts',
  WsHandlerOptions: 'lib/nest/decorators/ws-handler.decorator.ts',
  WsDrainOptions: 'lib/nest/push/drain-all.ts',
};

const OR_UNDEFINED = / \| undefined$/;

/** The interfaces whose options are documented. */
export const INTERFACES: readonly string[] = Object.keys(FILES);

/** Reads what interfaces declare, by name of the interface and its file; inherited options included. */
export function readDeclaredOptions(
  files: Readonly<Record<string, string>> = FILES,
): ReadonlyMap<string, readonly DeclaredOption[]> {
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
  const paths = [...new Set(Object.values(files))].map((path) => join(ROOT, path));
  const program = ts.createProgram(paths, options);
  const checker = program.getTypeChecker();
  return new Map(
    Object.entries(files).map(([name, path]) => {
      const source = program.getSourceFile(join(ROOT, path));
      const found = source?.statements.find(
        (statement): statement is ts.InterfaceDeclaration =>
          ts.isInterfaceDeclaration(statement) && statement.name.text === name,
      );
      if (found === undefined) throw new Error(`${path} declares no interface ${name}`);
      const members = checker.getPropertiesOfType(checker.getTypeAtLocation(found));
      return [name, members.map((member) => describe(member, checker))];
    }),
  );
}

/**
 * The default that a docstring says, where it is one value: a number, a size, `true`, a word in
 * backticks.
 */
export function defaultInDocstring({ text }: DeclaredOption): unknown {
  const value = /\bDefault:? (\d[\d ]*(?: [KM]iB)?|true\b|false\b|`[^`]+`)(?=[.,:;]| \(|$)/.exec(
    text,
  );
  return value?.[1] === undefined ? undefined : readValue(value[1]);
}

function describe(member: ts.Symbol, checker: ts.TypeChecker): DeclaredOption {
  const declaration = member.declarations?.find(ts.isPropertySignature);
  const type = declaration?.type?.getText() ?? '';
  return {
    name: member.name,
    type: type.replace(OR_UNDEFINED, ''),
    acceptsUndefined: declaration?.questionToken === undefined || OR_UNDEFINED.test(type),
    text: ts.displayPartsToString(member.getDocumentationComment(checker)),
  };
}
