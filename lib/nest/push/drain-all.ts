import { MAX_REASON_BYTES } from '../../protocol/closing/close-payload.js';
import { SHUTTING_DOWN } from '../../server/upgrade/refuse-for-now.js';
import { refuseUpgrade } from '../../server/upgrade/refuse-upgrade.js';
import { within } from '../waiting/deadlines.js';
import { assertOptions, kindOf, milliseconds, type OptionKinds } from '../options/option-kinds.js';
import type { LiveConnections } from './live-connections.js';

/** How long draining may take. */
export interface WsDrainOptions {
  /**
   * Milliseconds that calls in flight get to finish. Default: the option `drainTimeout`
   * of their path, 10 000.
   */
  readonly timeout?: number | undefined;
  /**
   * Milliseconds that streams get to finish, and that new calls are still taken. Default 1 000,
   * never more than `timeout`.
   */
  readonly grace?: number | undefined;
  /**
   * Milliseconds the closing handshakes may take. Default: the largest
   * `closeTimeout` of the paths, 5 000.
   */
  readonly closeTimeout?: number | undefined;
  /** What clients are told in `goaway` and as the close reason; at most 123 bytes. */
  readonly reason?: string | undefined;
}

const DRAIN_KINDS: Readonly<OptionKinds<WsDrainOptions>> = {
  timeout: milliseconds('at once'),
  grace: milliseconds('none'),
  closeTimeout: milliseconds('at once'),
  reason: kindOf('a text of at most 123 bytes', isCloseReason),
};

/** Milliseconds in which a destroyed transport must have closed. */
const CUT_WITHIN = 1_000;

/**
 * Closes every connection without losing what is in flight; by force if it takes too long.
 *
 * @throws InvalidUse for an option that is unknown or of another kind: a timer that cannot wait as
 *   long as was asked for would not wait at all
 */
export async function drainAll(live: LiveConnections, options: WsDrainOptions): Promise<void> {
  assertOptions('drain', DRAIN_KINDS, options);
  const { timeout, grace = 1_000, closeTimeout, reason } = options;
  live.isDraining = true;
  // Handshakes are refused without waiting for their guards, which may take for ever.
  for (const transport of live.handshakes.transports) {
    refuseUpgrade(transport, SHUTTING_DOWN);
  }
  const { connections } = live.registry;
  const links = [...connections].map(({ link }) => link);
  const drains = links.map((link) =>
    link.drain({ timeout: timeout ?? link.drainTimeout, grace, reason }),
  );
  await Promise.allSettled(drains);
  const longest = links.reduce((most, link) => Math.max(most, link.closeTimeout), 0);
  await within(closeTimeout ?? longest, live.registry.whenEmpty());
  for (const { link } of connections) link.terminate();
  // Their close hooks begin when the transport has closed. Those that had not begun yet would not
  // be waited for.
  await within(CUT_WITHIN, live.registry.whenEmpty());
}

function isCloseReason(value: unknown): boolean {
  return typeof value === 'string' && Buffer.byteLength(value) <= MAX_REASON_BYTES;
}
