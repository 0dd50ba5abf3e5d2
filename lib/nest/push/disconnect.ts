import { Logger } from '@nestjs/common';
import { writeClosePayload } from '../../protocol/closing/close-payload.js';
import { describeException } from '../errors/describe-exception.js';
import type { WsConnection } from '../ws-connection.js';

/** Which connections are to go, and how. */
export interface Disconnection {
  readonly picks: (connection: WsConnection) => boolean;
  readonly code: number;
  readonly reason: string;
}

/**
 * Closes those of the connections that are picked. One that the predicate throws for stays, and
 * keeps no other alive; the log gets one line for all of these.
 *
 * @returns how many were picked
 * @throws InvalidUse for a code or a reason that may not be sent, whoever is there
 */
export function disconnect(
  connections: Iterable<WsConnection>,
  { picks, code, reason }: Disconnection,
): number {
  writeClosePayload(code, reason);
  const picked: WsConnection[] = [];
  const failures: unknown[] = [];
  for (const connection of connections) {
    try {
      if (picks(connection)) picked.push(connection);
    } catch (exception) {
      failures.push(exception);
    }
  }
  if (failures.length > 0) logFailures(failures);
  for (const connection of picked) connection.close(code, reason);
  return picked.length;
}

function logFailures(failures: readonly unknown[]): void {
  const { text, stack } = describeException(failures[0]);
  new Logger('Wsgate').error(
    `the predicate of disconnect threw; connections that stay open by that: ${failures.length}`,
    stack ?? text,
  );
}
