import { ConnectionRegistry } from '../../server/connection-registry.js';
import { Rooms } from '../../server/rooms.js';
import { Arrivals } from './arrivals.js';
import type { WsConnection } from '../ws-connection.js';

/** The live connections of an application, over all its gateways, and the rooms they are in. */
export class LiveConnections {
  readonly rooms = new Rooms<WsConnection>();
  readonly registry = new ConnectionRegistry<WsConnection>();
  /** Those that are not live yet. */
  readonly arrivals = new Arrivals();
  /** The server drains: no upgrade may succeed any more. */
  isDraining = false;

  add(connection: WsConnection): void {
    this.registry.add(connection);
  }

  /** The connection has closed. */
  delete(connection: WsConnection): void {
    connection.leaveForGood();
    this.registry.delete(connection);
  }
}
