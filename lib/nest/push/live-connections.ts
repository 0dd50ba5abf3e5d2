import { ConnectionRegistry } from '../../server/registry/connection-registry.js';
import { MemoryLedger } from '../../server/limits/memory-ledger.js';
import { Rooms } from '../../server/registry/rooms.js';
import { PendingHandshakes } from './pending-handshakes.js';
import { StatsCounter } from '../stats/stats-counter.js';
import type { WsConnection } from '../connection/ws-connection.js';

/** The live connections of an application, over all its gateways, and the rooms they are in. */
export class LiveConnections {
  readonly rooms = new Rooms<WsConnection>();
  readonly registry = new ConnectionRegistry<WsConnection>();
  /** Handshakes that may become connections. */
  readonly handshakes = new PendingHandshakes();
  /** Counts what became of them. */
  readonly stats = new StatsCounter();
  /** Sums what they hold, and acts if it gets too much. */
  readonly memory: MemoryLedger;
  /** The server drains: no upgrade may succeed any more. */
  isDraining = false;

  constructor(memory: MemoryLedger = new MemoryLedger()) {
    this.memory = memory;
  }

  add(connection: WsConnection): void {
    this.registry.add(connection);
  }

  /** The connection has closed. */
  delete(connection: WsConnection): void {
    connection.leaveForGood();
    this.registry.delete(connection);
  }
}
