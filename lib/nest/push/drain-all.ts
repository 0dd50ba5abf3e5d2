import { within } from '../session/drain-session.js';
import type { LiveConnections } from './live-connections.js';

/** How long draining may take. */
export interface WsDrainOptions {
  /** Milliseconds that calls in flight get to finish. Default 10 000. */
  readonly timeout?: number | undefined;
  /** Milliseconds that streams get to finish, and that new calls are still taken. Default 1 000, never more than `timeout`. */
  readonly grace?: number | undefined;
  /** Milliseconds the closing handshakes may take. Default 5 000. */
  readonly closeTimeout?: number | undefined;
  /** What clients are told in `goaway` and as the close reason; at most 123 bytes. */
  readonly reason?: string | undefined;
}

/** Brings every connection to its end without losing what is in flight, then by force. */
export async function drainAll(live: LiveConnections, options: WsDrainOptions): Promise<void> {
  const { timeout = 10_000, grace = 1_000, closeTimeout = 5_000, reason } = options;
  live.isDraining = true;
  const { connections } = live.registry;
  const drains = [...connections].map(({ link }) => link.drain({ timeout, grace, reason }));
  await Promise.allSettled(drains);
  await within(closeTimeout, live.registry.whenEmpty());
  for (const { link } of connections) link.terminate();
}
