import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BadRequestException, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  WsConn,
  type WsConnection,
  WsGateway,
  WsHandler,
  WsModule,
  WsPayload,
  WsServer,
} from 'nestjs-wsgate';
import { WsClient } from 'nestjs-wsgate/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Page, type PageFile, readPage } from '../docs/pages.js';
import { Workbench } from '../docs/workbench.js';
import { ROOT } from '../house/modules.js';

// The pages about the client are parts of files. Here each part is a module that runs, with what the
// pages take for granted: a client, functions of the application, a server at the URLs they name.

/** The class of the pages, at our server's address, and remembered so that it can be closed. */
const PLACED_CLIENT = `
import { WsClient as Plain } from 'nestjs-wsgate/client';
export * from 'nestjs-wsgate/client';
export class WsClient extends Plain {
  constructor(url, options) {
    super(globalThis.docs.place(url), options);
    globalThis.docs.made.push(this);
  }
}`;

function readParts(name: string): Page {
  const path = `docs/client/${name}.md`;
  const page = readPage(path, readFileSync(join(ROOT, path), 'utf8'));
  const files = page.files.map((file) => ({
    ...file,
    code: file.code.replaceAll(`'nestjs-wsgate/client'`, `'./placed-client.js'`),
  }));
  return { ...page, files: [...files, { name: 'placed-client.js', code: PLACED_CLIENT, line: 0 }] };
}

const pages = new Map(
  ['auth', 'call', 'connect', 'reconnect', 'stream'].map((name) => [name, readParts(name)]),
);
const workbench = new Workbench();
for (const page of pages.values()) workbench.add(page);

function partsOf(page: string): readonly PageFile[] {
  return pages.get(page)?.files.filter(({ name }) => name !== 'placed-client.js') ?? [];
}

const ran = new Set<string>();

/** Runs the part that has these words; resolves when it has come to its end. */
async function run(page: string, words: string): Promise<void> {
  const [part, another] = partsOf(page).filter(({ code }) => code.includes(words));
  if (part === undefined || another !== undefined) throw new Error(`${page}: not one: ${words}`);
  ran.add(part.code);
  await import(workbench.pathOf(pages.get(page)!, part.name));
}

@WsGateway('/chat/:room')
class ChatGateway {
  @WsHandler('message.send')
  send(@WsPayload('text') text: string, @WsConn() conn: WsConnection) {
    if (text === '') throw new BadRequestException('Validation failed');
    conn.send('message.new', { from: 'Ada', text });
    return { ok: true };
  }

  @WsHandler('typing') typing(): void {}

  @WsHandler('prices.watch')
  async *watch(@WsPayload('symbols') [symbol]: readonly string[]) {
    for (let cents = 98; cents < 120; cents += 1) yield { symbol, cents };
  }

  @WsHandler('report.lines')
  async *lines(@WsPayload('from') from: number) {
    for (let number = from; number < 3; number += 1) yield { number, text: `line ${number}` };
  }
}

/** What the pages show, and what they ask over HTTP. */
class Application {
  readonly made: WsClient[] = [];
  readonly shown: unknown[][] = [];
  readonly drawn: unknown[] = [];
  readonly asked: unknown[] = [];
  logins = 0;
  readonly client: WsClient;

  constructor(readonly origin: string) {
    this.client = new WsClient(this.place('/chat/lobby'), { lazy: true });
  }

  place(url: string): string {
    return this.origin + url.replace(/^wss?:\/\/[^/]+/, '');
  }

  get globals(): Readonly<Record<string, unknown>> {
    return {
      docs: this,
      client: this.client,
      show: (...values: unknown[]) => void this.shown.push(values),
      draw: async (price: unknown) => void this.drawn.push(price),
      login: async () => void (this.logins += 1),
      getToken: async () => 'a-token',
      fetch: async (url: unknown) => {
        this.asked.push(url);
        return { ok: true, status: 200, text: async () => 'a-ticket' };
      },
    };
  }
}

describe('the pages about the client, run', { timeout: 30_000 }, () => {
  let app: INestApplication;
  let page: Application;

  beforeAll(async () => {
    const module = await Test.createTestingModule({
      imports: [WsModule.forRoot()],
      providers: [ChatGateway],
    }).compile();
    app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
  });
  afterAll(async () => {
    await app.close();
    workbench.remove();
  });

  beforeEach(async () => {
    page = new Application(await app.getUrl());
    for (const [name, value] of Object.entries(page.globals)) vi.stubGlobal(name, value);
  });
  afterEach(async () => {
    await Promise.all([page.client, ...page.made].map((client) => client.close()));
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  /** The connection of a client that a part has made. */
  async function connectMade(): Promise<WsConnection> {
    expect(page.made).toHaveLength(1);
    await page.made[0]?.connect();
    const [conn, another] = app.get(WsServer).connections;
    if (conn === undefined || another !== undefined) throw new Error('not one connection');
    return conn;
  }

  it('asks over HTTP first, and sends tickets and tokens', async () => {
    await run('auth', '/session/refresh');
    await connectMade();
    expect(page.asked).toEqual(['/session/refresh']);
  });

  it('sends a ticket in the query', async () => {
    await run('auth', '/chat/ticket');
    expect((await connectMade()).query).toEqual({ ticket: 'a-ticket' });
  });

  it('sends a token in a header', async () => {
    await run('auth', 'getToken');
    expect((await connectMade()).headers.authorization).toBe('Bearer a-token');
  });

  it.each(['const { ok }', 'AbortController', 'retry: true', "send('typing'"])(
    'calls: %s',
    async (words) => {
      await run('call', words);
      expect(await page.client.request('message.send', { text: 'x' })).toEqual({ ok: true });
    },
  );

  it('shows what the server answered', async () => {
    await run('call', 'instanceof WsRemoteError');
    expect(page.shown).toEqual([['BAD_REQUEST', 400, undefined]]);
  });

  it('hears pushes until it is closed', async () => {
    const ended = run('call', "client.on('message.new'");
    await vi.waitFor(async () => {
      await page.client.request('message.send', { text: 'hello' });
      expect(page.shown).toContainEqual(['hello']);
    });
    await page.client.close();
    await ended;
  });

  it.each([
    ['its own status', 'onStatus'],
    ['await using', 'await using'],
    ['try and finally', 'finally'],
    ['a contract', 'interface ChatContract'],
  ])('connects with %s', async (_what, words) => {
    const log = vi.spyOn(console, 'log').mockReturnValue(undefined);
    await run('connect', words);
    const [{ status } = { status: undefined }] = page.made;
    expect(status?.state).toBe(words.startsWith('interface') ? 'open' : 'closed');
    if (words === 'onStatus') expect(log).toHaveBeenCalledWith('closed');
  });

  it('connects with headers and compression', async () => {
    await run('connect', 'perMessageDeflate');
    expect((await connectMade()).cookies).toEqual({ sid: 's:abc' });
  });

  it('connects with MessagePack', async () => {
    await run('connect', 'msgpackr');
    expect((await connectMade()).protocol).toBe('wsgate.v1.msgpack');
  });

  it('says how the connection is, and comes back after a login', async () => {
    await page.client.connect();
    await run('reconnect', "show('connected')");
    await run('reconnect', 'login()');
    app.get(WsServer).disconnect(() => true, 4401, 'logged out');
    await vi.waitFor(() => expect(page.shown).toContainEqual(['connected']));
    expect(page.shown[0]).toEqual(['given up: logged out']);
    expect(page.logins).toBe(1);
  });

  it.each(['backoff', 'shouldReconnect'])('takes the option %s', async (words) => {
    await run('reconnect', words);
    await connectMade();
  });

  it('reads a stream in a loop, and leaves it', async () => {
    await run('stream', '> 100');
    expect(page.shown).toEqual([98, 99, 100, 101].map((cents) => ['ACME', cents]));
  });

  it('reads a stream with rxjs', async () => {
    await run('stream', "from 'rxjs'");
    await vi.waitFor(() => expect(page.shown).toHaveLength(10));
    expect(page.shown[0]).toEqual([0.98]);
  });

  it('reads a stream at its own pace', async () => {
    await run('stream', 'credit: 4');
    expect(page.drawn).toHaveLength(22);
  });

  it('reads a stream that would go on', async () => {
    await run('stream', 'resume:');
    expect(page.shown).toEqual([['line 0'], ['line 1'], ['line 2']]);
  });

  it('were run whole', () => {
    const parts = [...pages.keys()].flatMap((name) => partsOf(name).map((part) => part.code));
    expect(parts.filter((code) => !ran.has(code))).toEqual([]);
  });
});
