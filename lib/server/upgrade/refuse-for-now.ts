import type { UpgradeRefusal } from '../../protocol/handshake/upgrade-refusal.js';

/** Seconds after which a client may try again (RFC 9110 10.2.3). */
const RETRY_AFTER = '5';

/**
 * A refusal for the moment: 503 (RFC 9110 15.6.4) or 429 (RFC 6585 4), with the time to try again
 * after.
 */
export function refuseForNow(status: 429 | 503, reason: string): UpgradeRefusal {
  return { status, reason, headers: { 'Retry-After': RETRY_AFTER } };
}

/** For every upgrade once the server has begun to shut down. */
export const SHUTTING_DOWN: UpgradeRefusal = Object.freeze(refuseForNow(503, 'shutting down'));

/** For every upgrade while memory is short. */
export const NO_MEMORY: UpgradeRefusal = Object.freeze(
  refuseForNow(503, 'the server is short of memory'),
);
