import { writeClosePayload } from '../../protocol/closing/close-payload.js';
import { InvalidUse } from '../../protocol/invalid-use.js';
import type { ExceptionReporter } from '../errors/exception-reporter.js';
import { showGiven } from '../values/show-given.js';
import type { WsConnection } from '../connection/ws-connection.js';

/** Which connections are to go, and how. */
export interface Disconnection {
  readonly picks: (connection: WsConnection) => boolean;
  readonly code: number;
  readonly reason: string;
}

/**
 * Closes the connections the predicate picks. If it throws for one, that one stays, and the others
 * are still closed; the log gets one line for all of these.
 *
 * @returns how many were picked
 * @throws InvalidUse for a code or a reason that may not be sent, even if there is no connection, and
 *   for a predicate that is not a function
 */
export function disconnect(
  connections: Iterable<WsConnection>,
  { picks, code, reason }: Disconnection,
  reporter: ExceptionReporter,
): number {
  writeClosePayload(code, reason);
  if (typeof picks !== 'function') {
    throw new InvalidUse(`disconnect: ${showGiven(picks)} given; expected (connection) => boolean`);
  }
  const picked: WsConnection[] = [];
  const failures: unknown[] = [];
  for (const connection of connections) {
    try {
      if (picks(connection)) picked.push(connection);
    } catch (exception) {
      failures.push(exception);
    }
  }
  if (failures.length > 0) reporter.reportPredicate(failures[0], failures.length);
  for (const connection of picked) connection.close(code, reason);
  return picked.length;
}
