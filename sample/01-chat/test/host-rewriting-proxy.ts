import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * A reverse proxy with a common mistake: the Host header that the server gets is not the one the
 * browser sent, so to the server its own pages come from somewhere else.
 */
export async function startHostRewritingProxy(
  target: string,
): Promise<{ readonly url: string; stop(): void }> {
  const forward = (incoming: IncomingMessage): ReturnType<typeof request> =>
    request(new URL(incoming.url ?? '/', target), {
      method: incoming.method,
      headers: { ...incoming.headers, host: 'chat.internal' },
    });
  const server = createServer((incoming, outgoing) => {
    const forwarded = forward(incoming).on('response', (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    incoming.pipe(forwarded);
  });
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex) => {
    // Nobody gets in here; only the refusal has to come through.
    const forwarded = forward(incoming).on('response', (response) => {
      socket.end(`HTTP/1.1 ${response.statusCode} Refused\r\nConnection: close\r\n\r\n`);
      response.resume();
    });
    forwarded.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, stop };
}
