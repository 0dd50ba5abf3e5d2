import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type ServerOptions, WebSocketServer } from 'nestjs-wsgate/server';
import { atEnd } from '../socket/support/serve.js';

type Write = (request: object, data: Buffer | Buffer[], ...rest: unknown[]) => number;

/** One native write, by the buffers it was given. */
export type ObservedWrite = readonly Buffer[];

export interface ObservedServer {
  readonly server: WebSocketServer;
  readonly url: string;
  /** Every write of every connection since it was last emptied, in order. */
  readonly writes: ObservedWrite[];
}

/**
 * A server whose sockets' native writes are seen. Below net.Socket, since the fast lane goes there
 * directly: one write here is one system call, whichever lane it comes from.
 */
export async function serveObserved(options: ServerOptions): Promise<ObservedServer> {
  const writes: ObservedWrite[] = [];
  const http = createServer();
  http.on('connection', (socket) => observe(socket, writes));
  const server = new WebSocketServer({ ...options, server: http });
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  atEnd(() => {
    for (const client of server.clients) client.terminate();
    server.close();
    http.close();
  });
  const { port } = http.address() as AddressInfo;
  return { server, writes, url: `ws://127.0.0.1:${port}/` };
}

function observe(socket: Socket, writes: ObservedWrite[]): void {
  const { _handle: handle } = socket as unknown as {
    _handle: Record<'writeBuffer' | 'writev', Write>;
  };
  for (const name of ['writeBuffer', 'writev'] as const) {
    const write = handle[name];
    handle[name] = (request, data, ...rest) => {
      writes.push(Array.isArray(data) ? data : [data]);
      return write.call(handle, request, data, ...rest);
    };
  }
}
