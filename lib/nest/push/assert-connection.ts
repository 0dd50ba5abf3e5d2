import { InvalidUse } from '../../protocol/invalid-use.js';
import { showGiven } from '../values/show-given.js';
import { WsConnection } from '../connection/ws-connection.js';

/**
 * @throws InvalidUse for what is not a connection: its id, its user, a Set of connections, nothing at
 *   all. Nobody would be left out, and the types of JavaScript do not tell.
 */
export function assertConnection(connection: unknown): void {
  if (connection instanceof WsConnection) return;
  throw new InvalidUse(
    `except: ${showGiven(connection)} given; expected connections: except(one, ...more)`,
  );
}
