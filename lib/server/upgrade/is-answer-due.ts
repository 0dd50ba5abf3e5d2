import type { Duplex } from 'node:stream';

/** Node's HTTP server keeps here the response that a connection gets next. */
interface HttpConnection {
  readonly _httpMessage?: object | null;
}

/**
 * Whether a request that came before on this connection has no complete answer yet. Node hands an
 * upgrade over even then, and would write that answer among the frames; but a server "MUST send the
 * corresponding responses in the same order that the requests were received" (RFC 9112 9.3.2).
 */
export function isAnswerDue(transport: Duplex): boolean {
  const { _httpMessage } = transport as HttpConnection;
  return _httpMessage !== undefined && _httpMessage !== null;
}
