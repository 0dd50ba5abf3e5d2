import type { Duplex } from 'node:stream';
import { InvalidUse } from '../../protocol/invalid-use.js';

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
  if (isClaimed(transport)) {
    throw new InvalidUse(
      'handleUpgrade: this socket was handed over before; does more than one listener of "upgrade" ' +
        'call it?',
    );
  }
  (transport as Claimable)[CLAIMED] = true;
}

/** Whether a server of ours is answering it, or has answered it. */
export function isClaimed(transport: Duplex): boolean {
  return (transport as Claimable)[CLAIMED] === true;
}
