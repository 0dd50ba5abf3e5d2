import { EventEmitter, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import {
  type ClientOptions,
  type ServerOptions,
  WebSocket,
  WebSocketServer,
} from 'nestjs-wsgate/server';

/** Runs when the test is over, in reverse order. */
export function atEnd(cleanup: () => unknown): void {
  onTestFinished(async () => void (await cleanup()));
}

/** Our server on a free port of the loopback; closed after the test. */
export async function serve(options: ServerOptions = {}): Promise<Served> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', ...options });
  atEnd(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  if (server.address() === null) await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, port, url: `ws://127.0.0.1:${port}/` };
}

export interface Served {
  readonly server: WebSocketServer;
  readonly port: number;
  readonly url: string;
}

/** Our client; terminated after the test. */
export function dial(
  url: string | URL,
  protocols: string | readonly string[] = [],
  options: ClientOptions = {},
): WebSocket {
  const client = new WebSocket(url, protocols, options);
  atEnd(() => client.terminate());
  return client;
}

/** Both ends of one connection. */
export interface Pair {
  readonly server: WebSocketServer;
  readonly url: string;
  readonly near: WebSocket;
  readonly far: WebSocket;
  readonly request: IncomingMessage;
}

/** Opens a connection: `near` is the client's end, `far` the server's. */
export async function pair(
  serverOptions: ServerOptions = {},
  clientOptions: ClientOptions = {},
): Promise<Pair> {
  const { server, url } = await serve(serverOptions);
  const near = dial(url, [], clientOptions);
  const [[far, request]] = await Promise.all([next(server, 'connection'), next(near, 'open')]);
  return { server, url, near, far: far as WebSocket, request: request as IncomingMessage };
}

/**
 * Resolves with the arguments of the next event. Unlike `once` of Node, it does not reject when an
 * `error` comes first.
 */
export function next(emitter: EventEmitter<never> | object, event: string): Promise<unknown[]> {
  return new Promise((resolve) => {
    (emitter as EventEmitter).once(event, (...values) => resolve(values));
  });
}

/** Waits until each end has handled everything the other had sent before. */
export async function fence(socket: WebSocket): Promise<void> {
  const mark = `fence ${fences++}`;
  const seen = new Promise<void>((resolve) => {
    const listen = (payload: Buffer): void => {
      if (payload.toString() !== mark) return;
      socket.off('pong', listen);
      resolve();
    };
    socket.on('pong', listen);
  });
  socket.ping(mark);
  await seen;
}

let fences = 0;

/** Sends every message back. */
export function echo(server: WebSocketServer): void {
  server.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
}
