import type { Duplex } from 'node:stream';
import { type UpgradeRefusal, writeUpgradeRefusal } from '../protocol/handshake/upgrade-refusal.js';

/** How long a refused client may take to read why. */
const LINGER = 1000;

/**
 * Answers an upgrade with a complete HTTP response and ends the connection. Bytes the client sent
 * behind its request are dropped, never read as a second one.
 */
export function refuseUpgrade(transport: Duplex, refusal: UpgradeRefusal): void {
  if (!transport.writable) {
    transport.destroy();
    return;
  }
  const timer = setTimeout(() => transport.destroy(), LINGER);
  transport.once('close', () => clearTimeout(timer));
  transport.once('end', () => transport.destroy());
  transport.end(writeUpgradeRefusal(refusal));
  // Closing with bytes unread would reset the connection before the client has read the answer.
  transport.resume();
}
