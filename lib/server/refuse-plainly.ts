import type { Duplex } from 'node:stream';
import { refuseUpgrade } from './refuse-upgrade.js';

/** Answers an upgrade as {@link refuseUpgrade} does, with a status and why, and no headers. */
export function refusePlainly(transport: Duplex, status: number, reason: string): void {
  refuseUpgrade(transport, { status, reason, headers: {} });
}
