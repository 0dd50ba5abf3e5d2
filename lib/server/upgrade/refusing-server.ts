import { createServer, type Server } from 'node:http';

/** An HTTP server for upgrades only: answers all other requests with 426 (RFC 9110 15.5.22). */
export function createRefusingServer(handshakeTimeout: number): Server {
  const timeouts = {
    headersTimeout: handshakeTimeout,
    requestTimeout: handshakeTimeout,
    connectionsCheckingInterval: Math.max(1000, handshakeTimeout / 4),
  };
  return createServer(timeouts, (_request, response) => {
    const body = 'Upgrade Required';
    response.writeHead(426, {
      Upgrade: 'websocket',
      Connection: 'close, Upgrade',
      'Content-Type': 'text/plain',
      'Content-Length': body.length,
    });
    response.end(body);
  });
}
