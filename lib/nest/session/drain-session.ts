import { within } from '../deadlines.js';
import type { WsDrainNotice } from '../ws-connection.js';
import type { Gauge } from './gauge.js';

/** What draining needs of a session. */
export interface Drainable {
  /** Handlers that run. */
  readonly calls: Gauge;
  /** Streams that are open. */
  readonly streams: Gauge;
  /** Resolves when the client has answered what was asked of it after `goaway`: all it sent before is here. */
  readonly caughtUp?: Promise<void>;
  stopReading(): void;
}

/**
 * Waits for what is in flight. During the grace period the connection works as ever, so that what
 * the client sent before it saw `goaway` is still handled and short streams come to their end.
 * After it nothing more is read, so that the calls in flight can only become fewer: every call that
 * was read is answered, unless it takes longer than the timeout.
 */
export async function drainSession(session: Drainable, notice: WsDrainNotice): Promise<void> {
  const { timeout } = notice;
  const grace = Math.min(notice.grace, timeout);
  const { calls, streams, caughtUp } = session;
  await within(grace, Promise.all([caughtUp, calls.whenZero(), streams.whenZero()]));
  session.stopReading();
  await within(timeout - grace, calls.whenZero());
}
