import { within } from '../waiting/deadlines.js';
import type { WsDrainNotice } from '../connection/ws-connection-link.js';
import type { Gauge } from './gauge.js';

/** What draining needs of a session. */
export interface Drainable {
  /** Handlers that run. */
  readonly calls: Gauge;
  /** Streams that are open. */
  readonly streams: Gauge;
  /** Resolves when everything the client sent before it saw `goaway` has arrived. */
  readonly caughtUp?: Promise<void>;
  stopReading(): void;
}

/**
 * Waits for what is in flight. During the grace period the connection works as usual, so that
 * messages sent before the client saw `goaway` are still handled, and short streams end by
 * themselves. After it nothing more is read, so the calls in flight can only become fewer: every
 * call that was read is answered, unless it takes longer than the timeout.
 */
export async function drainSession(session: Drainable, notice: WsDrainNotice): Promise<void> {
  const { timeout } = notice;
  const grace = Math.min(notice.grace, timeout);
  const { calls, streams, caughtUp } = session;
  await within(grace, Promise.all([caughtUp, calls.whenZero(), streams.whenZero()]));
  session.stopReading();
  await within(timeout - grace, calls.whenZero());
}
