/** The engine under test. Nothing else in this folder imports it. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvalidUse, WebSocket, WebSocketServer } from '../../lib/server/index.js';
import type { Act, SubjectOptions } from './cases/case.js';

export { InvalidUse };

/** Far above the defaults: the limits have cases of their own. */
const ROOMY = { maxPayload: 64 * 1024 * 1024, maxFragments: 0, maxBufferedChunks: 0 };

export interface CloseReport {
  readonly code: number;
  readonly reason: string;
}

/** One end of a connection, echoing every message. */
export interface Subject {
  readonly socket: WebSocket;
  readonly opened: Promise<boolean>;
  readonly closed: Promise<CloseReport>;
  readonly errors: readonly Error[];
}

export interface ServerSubject {
  readonly port: number;
  /** The server's end of the connection that was made last and not asked for yet. */
  accept(): Promise<Subject>;
  stop(): Promise<void>;
}

export interface ServerExtras {
  readonly server?: Server;
  readonly path?: string;
  readonly handleProtocols?: (protocols: Set<string>) => string | false;
  readonly verifyClient?: () => boolean;
}

export async function startServer(
  options: SubjectOptions = {},
  extras: ServerExtras = {},
): Promise<ServerSubject> {
  const place = extras.server ? {} : { host: '127.0.0.1', port: 0 };
  const server = new WebSocketServer({ ...ROOMY, ...place, ...options, ...extras });
  const waiting: Subject[] = [];
  server.on('connection', (socket) => waiting.push(echoing(socket)));
  if (!extras.server) await once(server, 'listening');
  const accept = async (): Promise<Subject> => {
    while (waiting.length === 0) await once(server, 'connection');
    return waiting.shift()!;
  };
  const stop = async (): Promise<void> => {
    for (const socket of server.clients) socket.terminate();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: ((extras.server ?? server).address() as AddressInfo).port, accept, stop };
}

/** Beyond the options of every case. */
export interface ClientExtras {
  readonly ca?: string;
}

export function startClient(
  url: string,
  protocols: readonly string[] = [],
  options: SubjectOptions & ClientExtras = {},
): Subject {
  return echoing(new WebSocket(url, [...protocols], { ...ROOMY, ...options }));
}

/** Does what the case says the subject's user does. */
export function perform(socket: WebSocket, act: Act): void {
  if (act.act === 'send') {
    for (let i = 0; i < (act.times ?? 1); i++) socket.send(act.data);
  } else if (act.act === 'ping') socket.ping(act.data);
  else if (act.act === 'pong') socket.pong(act.data);
  else if (act.act === 'close') socket.close(act.code, act.reason);
}

function echoing(socket: WebSocket): Subject {
  const errors: Error[] = [];
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  socket.on('error', (error) => errors.push(error));
  const closed = new Promise<CloseReport>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason }));
  });
  const opened = new Promise<boolean>((resolve) => {
    if (socket.readyState === 1) resolve(true);
    socket.on('open', () => resolve(true));
    socket.on('close', () => resolve(false));
  });
  return { socket, opened, closed, errors };
}
