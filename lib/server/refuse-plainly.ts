import type { Duplex } from 'node:stream';
import { refuseUpgrade } from './refuse-upgrade.js';

/** Refuses an upgrade as {@link refuseUpgrade} does, with a status, a reason and no headers. */
export function refusePlainly(transport: Duplex, status: number, reason: string): void {
  refuseUpgrade(transport, { status, reason, headers: {} });
}
