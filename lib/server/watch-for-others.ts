import type { Duplex } from 'node:stream';

/**
 * Watches an upgrade that is being handed from one listener of the HTTP server to the next. Others
 * should leave it alone, but may read the connection or end it.
 *
 * @returns whether somebody else has taken it; to be asked when the event is over, and not later:
 *   then it may be the client that has gone
 */
export function watchForOthers(transport: Duplex): () => boolean {
  const before = countReaders(transport);
  return () => countReaders(transport) > before || transport.destroyed || transport.writableEnded;
}

function countReaders(transport: Duplex): number {
  return transport.listenerCount('data') + transport.listenerCount('readable');
}
