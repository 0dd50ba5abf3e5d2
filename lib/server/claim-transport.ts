import type { Duplex } from 'node:stream';
import { InvalidUse } from '../protocol/invalid-use.js';

/** Marks a transport whose upgrade is being answered. */
const CLAIMED = Symbol('nestjs-wsgate.claimed');

interface Claimable {
  [CLAIMED]?: true;
}

/**
 * Throws {@link InvalidUse} for a transport that was claimed before: only one handler may read its
 * bytes.
 */
export function claimTransport(transport: Duplex): void {
  const claimable = transport as Claimable;
  if (claimable[CLAIMED] === true) {
    throw new InvalidUse(
      'handleUpgrade: this socket was handed over before; does more than one listener of "upgrade" call it?',
    );
  }
  claimable[CLAIMED] = true;
}
