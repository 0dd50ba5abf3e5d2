import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as ours from 'nestjs-wsgate/server';
import { afterAll, describe, expect, it } from 'vitest';
import * as ws from 'ws';
import { DEFAULT_LIMITS } from '../../lib/protocol/endpoint-limits.js';
import {
  DEFAULT_CLOSE_TIMEOUT,
  DEFAULT_HANDSHAKE_TIMEOUT,
} from '../../lib/socket/socket-options.js';
import { defaultInDocstring, readDeclaredOptions } from '../docs/declared-options.js';
import { readPage } from '../docs/pages.js';
import { codeOf, readTables, readValue, type Row } from '../docs/tables.js';
import { Workbench } from '../docs/workbench.js';
import { ROOT } from '../house/modules.js';

const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const pages = ['docs/bare-engine.md', 'docs/moving-from-ws.md', 'docs/protocol-errors.md'].map(
  (path) => readPage(path, text(path)),
);

const workbench = new Workbench();
for (const page of pages) workbench.add(page);
afterAll(() => workbench.remove());

function rowsOf(page: string, kind: string, name: string): readonly Row[] {
  return readTables(text(page), kind).find((table) => table.name === name)?.rows ?? [];
}

describe('the code of the engine pages', { timeout: 60_000 }, () => {
  it('compiles', () => {
    expect(workbench.compile()).toEqual([]);
  });

  it('has an echo server of ten lines', () => {
    const echo = pages[0].files.find(({ name }) => name === 'echo-server.ts');
    expect(echo?.code.trim().split('\n').length).toBeLessThanOrEqual(12);
  });
});

for (const { name } of pages[0].files.filter((file) => file.name.endsWith('.spec.ts'))) {
  describe(`${name} of the page`, async () => {
    await import(workbench.pathOf(pages[0], name));
  });
}

describe('the defaults of the page are those of the code', () => {
  const documented = new Map(
    rowsOf('docs/bare-engine.md', 'engine-options', 'server').map((row) => [
      codeOf(row['option']),
      readValue(row['default']),
    ]),
  );
  const { options } = new ours.WebSocketServer({ noServer: true });
  const coded = {
    ...DEFAULT_LIMITS,
    closeTimeout: DEFAULT_CLOSE_TIMEOUT,
    handshakeTimeout: DEFAULT_HANDSHAKE_TIMEOUT,
    clientTracking: options.clientTracking,
  };

  it.each(Object.entries(coded))('%s: %s', (name, value) => {
    expect(documented.get(name)).toBe(value);
  });
});

describe('the defaults of the docstrings are those of the page', { timeout: 60_000 }, () => {
  it.each([
    ['server', 'ServerOptions', 'lib/server/server-options.ts'],
    ['client', 'ClientOptions', 'lib/socket/opening-handshake/client-options.ts'],
  ])('of the %s', (table, name, file) => {
    // A client has the limits and times of a server, which stand in one table only.
    const rows = new Map(
      ['server', table]
        .flatMap((each) => rowsOf('docs/bare-engine.md', 'engine-options', each))
        .map((row) => [codeOf(row['option']), readValue(row['default'])]),
    );
    const declared = readDeclaredOptions({ [name]: file }).get(name) ?? [];
    const said = declared.filter(
      (option) => rows.has(option.name) && defaultInDocstring(option) !== undefined,
    );
    expect(said.length).toBeGreaterThan(5);
    for (const option of said) {
      expect({ [option.name]: rows.get(option.name) }).toEqual({
        [option.name]: defaultInDocstring(option),
      });
    }
  });
});

const WS_ENTRY = createRequire(import.meta.url).resolve('ws');

/** The names `ws` documents as `[options.name]` above a function of one of its files. */
function documentedOptions(file: string, above: string): string[] {
  const source = readFileSync(join(dirname(WS_ENTRY), 'lib', file), 'utf8');
  const at = source.indexOf(above);
  const comment = source.slice(source.lastIndexOf('/**', at), at);
  return Array.from(comment.matchAll(/\[options\.(\w+)/g), ([, name]) => name);
}

function membersOf(prototype: object): string[] {
  return Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
}

describe('the page on moving from ws names everything ws has', () => {
  it.each<[string, () => string[]]>([
    [
      'server options',
      () => documentedOptions('websocket-server.js', 'constructor(options, callback)'),
    ],
    ['client options', () => documentedOptions('websocket.js', 'function initAsClient(')],
    ['server members', () => membersOf(ws.WebSocketServer.prototype)],
    ['socket members', () => membersOf(ws.WebSocket.prototype)],
    [
      'exports',
      () => Object.keys(ws).filter((name) => !['default', 'module.exports'].includes(name)),
    ],
  ])('%s', (kind, namesOf) => {
    const documented = rowsOf('docs/moving-from-ws.md', 'ws-parity', kind).map((row) =>
      codeOf(Object.values(row)[0]),
    );
    const names = namesOf().filter(
      (name) => !/^[A-Z]{4,}$/.test(name) || kind === 'socket members',
    );
    expect(names.length).toBeGreaterThan(4);
    expect(names.filter((name) => !documented.includes(name))).toEqual([]);
  });

  it.each<[string, object]>([
    ['server members', new ours.WebSocketServer({ noServer: true })],
    ['socket members', new ours.WebSocket(null)],
    ['exports', ours],
  ])('%s: what it calls absent is absent, and all else is there', (kind, subject) => {
    for (const row of rowsOf('docs/moving-from-ws.md', 'ws-parity', kind)) {
      const name = codeOf(Object.values(row)[0]);
      expect(`${name}: ${name in subject}`).toBe(`${name}: ${row['here'] !== 'absent'}`);
    }
  });
});
