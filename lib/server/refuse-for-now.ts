import type { UpgradeRefusal } from '../protocol/handshake/upgrade-refusal.js';

/** Seconds after which a client may try again (RFC 9110 10.2.3). */
const RETRY_AFTER = '5';

/** A refusal that will not last: 503 (RFC 9110 15.6.4) or 429 (RFC 6585 4), with when to come again. */
export function refuseForNow(status: 429 | 503, reason: string): UpgradeRefusal {
  return { status, reason, headers: { 'Retry-After': RETRY_AFTER } };
}

/** Every upgrade, once the server has begun to shut down. */
export const SHUTTING_DOWN: UpgradeRefusal = Object.freeze(refuseForNow(503, 'shutting down'));

/** Every upgrade, while what connections hold is near the ceiling. */
export const NO_MEMORY: UpgradeRefusal = Object.freeze(
  refuseForNow(503, 'the server is short of memory'),
);
