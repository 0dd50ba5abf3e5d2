import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'nestjs-wsgate/server';
import { createDuplexPair } from '../../../lib/testing/duplex-pair.js';
import { deferred } from '../../support/deferred.js';

/** One connection of a cell: the engine sits behind a relay that can be stopped. */
interface Line {
  readonly transport: Duplex;
  readonly socket: WebSocket;
  /** Nothing gets through any more, in either direction. */
  stop(): void;
  readonly clientSaysClose: Promise<void>;
}

/** What a cell of the table has of a server: it does what it is told, and nothing by itself. */
class Cell {
  /** `accept`, `hold`, or a status with which upgrades are refused. */
  mode = 'accept';
  /** Answers everything. */
  isGood = false;
  notes = 0;
  calls = 0;
  upgrades = 0;
  readonly held: { readonly transport: Duplex; readonly accept: () => void }[] = [];
  readonly lines: Line[] = [];
  readonly lingering: Line[] = [];
  readonly waiting: (() => void)[] = [];
}

type Message = Readonly<Record<string, unknown>>;

/**
 * A server for tests that is told over HTTP what to do: `POST /<cell>/<command>`. Each cell has
 * connections of its own, at `/<cell>`, so that many can be tested side by side.
 */
export class Puppet {
  readonly #http: Server = createServer((request, response) => void this.#serve(request, response));
  readonly #sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'wsgate.v1' });
  readonly #cells = new Map<string, Cell>();
  readonly #script: string;
  /** What a page has posted to `/results`. */
  readonly results = deferred<unknown>();

  constructor(script = '') {
    this.#script = script;
    this.#http.on('upgrade', (request, transport, head) => this.#upgrade(request, transport, head));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  async start(): Promise<void> {
    await once(this.#http.listen(0, '127.0.0.1'), 'listening');
  }

  async stop(): Promise<void> {
    for (const { lines } of this.#cells.values()) {
      for (const { transport } of lines) transport.destroy();
    }
    await this.#sockets.shutdown();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  #cell(name: string): Cell {
    const cell = this.#cells.get(name) ?? new Cell();
    this.#cells.set(name, cell);
    return cell;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, name = '', command = ''] = (request.url ?? '').split('/');
    if (request.method === 'GET') {
      const isScript = name === 'script.js';
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      const page = '<!doctype html><script type="module" src="/script.js"></script>';
      response.end(isScript ? this.#script : page);
      return;
    }
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (name === 'results') this.results.resolve(JSON.parse(body));
    else await this.#obey(this.#cell(name), command);
    const { notes, calls, upgrades } = this.#cell(name);
    response.end(JSON.stringify({ notes, calls, upgrades }));
  }

  async #obey(cell: Cell, command: string): Promise<void> {
    const [verb, argument = ''] = command.split('=');
    const last = cell.lines.at(-1);
    if (verb === 'mode') cell.mode = argument;
    if (verb === 'goaway') last?.socket.send(JSON.stringify({ op: 'goaway', afterMs: 60_000 }));
    if (verb === 'close') last?.socket.close(Number(argument), '');
    if (verb === 'push') last?.socket.send(JSON.stringify({ type: 'news', data: 1 }));
    if (verb === 'stall') last?.stop();
    if (verb === 'cut')
      for (const { transport } of [...cell.lines, ...cell.held]) transport.destroy();
    if (verb === 'refuse')
      for (const { transport } of cell.held.splice(0)) refuse(transport, argument);
    if (verb === 'linger') await this.#linger(cell, last, Number(argument));
    if (verb === 'goOn') this.#goOn(cell);
  }

  /** Says Close, hears the answer, and leaves the connection open. */
  async #linger(cell: Cell, line: Line | undefined, code: number): Promise<void> {
    if (line === undefined) return;
    line.stop();
    cell.lingering.push(line);
    line.transport.write(Buffer.of(0x88, 2, code >> 8, code & 0xff));
    await line.clientSaysClose;
  }

  /** From now on it is a good server. */
  #goOn(cell: Cell): void {
    cell.mode = 'accept';
    cell.isGood = true;
    for (const { transport } of cell.lingering.splice(0)) transport.end();
    for (const { accept } of cell.held.splice(0)) accept();
    for (const answer of cell.waiting.splice(0)) answer();
  }

  #upgrade(request: IncomingMessage, transport: Duplex, head: Buffer): void {
    const cell = this.#cell((request.url ?? '').slice(1));
    cell.upgrades++;
    transport.on('error', () => undefined);
    const accept = (): void => this.#accept(cell, request, transport, head);
    if (cell.mode === 'accept') return accept();
    if (cell.mode === 'hold') return void cell.held.push({ transport, accept });
    refuse(transport, cell.mode);
  }

  #accept(cell: Cell, request: IncomingMessage, transport: Duplex, head: Buffer): void {
    const [near, far] = createDuplexPair();
    const clientSaysClose = deferred();
    let isStopped = false;
    transport.on('data', (chunk: Buffer) => {
      if (chunk[0] === 0x88) clientSaysClose.resolve();
      if (!isStopped) near.write(chunk);
    });
    near.on('data', (chunk: Buffer) => !isStopped && transport.write(chunk));
    transport.on('close', () => near.destroy());
    near.on('close', () => !isStopped && transport.destroy());
    near.on('end', () => !isStopped && transport.end());
    this.#sockets.handleUpgrade(request, far, head, (socket) => {
      const stop = (): void => void (isStopped = true);
      cell.lines.push({ transport, socket, stop, clientSaysClose: clientSaysClose.promise });
      socket.on('message', (data) =>
        this.#receive(cell, socket, JSON.parse(String(data)) as Message),
      );
    });
  }

  #receive(cell: Cell, socket: WebSocket, { type, id, data, op }: Message): void {
    const send = (message: Message): void => socket.send(JSON.stringify(message));
    if (op === 'ping') send({ op: 'pong' });
    if (op !== undefined) return;
    cell.calls++;
    if (type === 'note') cell.notes++;
    if (type === 'echo') send({ op: 'reply', id, data });
    if (type === 'wait') {
      const answer = (): void => send({ op: 'reply', id, data });
      if (cell.isGood) answer();
      else cell.waiting.push(answer);
    }
    if (type === 'count') {
      for (const item of [1, 2, 3]) send({ op: 'next', id, data: item });
      send({ op: 'complete', id });
    }
  }
}

/** `status` or `status,retryAfter`. */
function refuse(transport: Duplex, how: string): void {
  const [status, retryAfter] = how.split(',');
  const header = retryAfter ? `Retry-After: ${retryAfter}\r\n` : '';
  transport.end(`HTTP/1.1 ${status} no\r\n${header}Content-Length: 0\r\nConnection: close\r\n\r\n`);
}
