import type { Duplex } from 'node:stream';
import { isClaimed } from './claim-transport.js';

/**
 * Whether somebody else has taken an upgrade: reads the connection, has ended it, or has handed it
 * to a server that has yet to decide. To be asked while the event goes on, and not later: then it
 * may be the client that has gone.
 */
export function isTaken(transport: Duplex): boolean {
  return (
    // Node resets this before the event, whoever has listened for the bytes of the request.
    transport.readableFlowing === true ||
    transport.listenerCount('readable') > 0 ||
    isClaimed(transport) ||
    transport.destroyed ||
    transport.writableEnded
  );
}
