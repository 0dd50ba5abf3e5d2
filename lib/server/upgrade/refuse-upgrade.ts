import type { Duplex } from 'node:stream';
import {
  type UpgradeRefusal,
  writeUpgradeRefusal,
} from '../../protocol/handshake/upgrade-refusal.js';
import { isAnswerDue } from './is-answer-due.js';

/** Milliseconds a refused client has to read the answer. */
const LINGER = 1000;

/**
 * Answers an upgrade with a complete HTTP response and ends the connection. Bytes the client sent
 * after its request are dropped, never read as another request. Where it is not the upgrade's turn
 * to be answered, the connection is cut.
 */
export function refuseUpgrade(transport: Duplex, refusal: UpgradeRefusal): void {
  if (!transport.writable || isAnswerDue(transport)) {
    transport.destroy();
    return;
  }
  const timer = setTimeout(() => transport.destroy(), LINGER);
  transport.once('close', () => clearTimeout(timer));
  transport.once('end', () => transport.destroy());
  transport.end(writeUpgradeRefusal(refusal));
  // Closing while bytes are unread would reset the connection, maybe before the client has read the
  // answer.
  transport.resume();
}

/** The same with a status, a reason and no headers. */
export function refusePlainly(transport: Duplex, status: number, reason: string): void {
  refuseUpgrade(transport, { status, reason, headers: {} });
}
