import { Injectable } from '@nestjs/common';
import { WSGATE_CLOSE_CODE } from '../protocol/wsgate/close-codes.js';
import type { UntypedContract, WsContract } from '../protocol/wsgate/contract.js';
import type { SentData, SentType } from './contract/typed-sender.js';
import { ExceptionReporter } from './errors/exception-reporter.js';
import { Audience } from './push/audience.js';
import { disconnect } from './push/disconnect.js';
import { drainAll, type WsDrainOptions } from './push/drain-all.js';
import { LiveConnections } from './push/live-connections.js';
import type { WsStats } from './stats/ws-stats.js';
import type { WsConnection } from './connection/ws-connection.js';

/**
 * Every connection of the application, over all its gateways: inject it wherever something is to be
 * pushed. Rooms are the application's as well: the same name on two gateways is the same room.
 *
 * With a contract, `WsServer<ChatContract>`, it sends the pushes of the contract and no others. That
 * is a matter of types: the same server is injected.
 */
@Injectable()
export class WsServer<Contract extends WsContract = UntypedContract> {
  readonly #live: LiveConnections;
  readonly #reporter: ExceptionReporter;

  constructor(live: LiveConnections, reporter: ExceptionReporter) {
    this.#live = live;
    this.#reporter = reporter;
  }

  /** The open connections, in the order they came. A live view. */
  get connections(): ReadonlySet<WsConnection<unknown, Contract>> {
    return this.#live.registry.connections;
  }

  /**
   * Bytes held for all connections, for monitoring: incomplete messages, output that waits for slow
   * clients, and messages that wait to be handled or are being handled. See the option
   * `memoryCeiling`.
   */
  get heldBytes(): number {
    return this.#live.memory.heldBytes;
  }

  /**
   * Connections opened and closed, handshakes refused, errors sent and pushes dropped since the
   * application started, for monitoring. A copy: read it again for newer numbers.
   */
  get stats(): WsStats {
    return this.#live.stats.read();
  }

  /** Whether `drain` has been called. */
  get isDraining(): boolean {
    return this.#live.isDraining;
  }

  /** The connections in this room, or in any of several. */
  to(...rooms: readonly string[]): Audience<Contract> {
    return new Audience(this.#live, rooms);
  }

  /** All connections but these. */
  except(...connections: readonly WsConnection[]): Audience<Contract> {
    return new Audience<Contract>(this.#live).except(...connections);
  }

  /** Pushes to all connections. Throws as {@link Audience.send} does. */
  broadcast<K extends SentType<Contract> & string>(type: K, ...data: SentData<Contract, K>): void;
  broadcast(type: string, data?: unknown): void {
    new Audience(this.#live).send(type, data);
  }

  /**
   * Closes the connections the predicate picks, on all gateways: those of a user who has logged
   * out, for instance. It is also called for clients that are in their handshake, once that has
   * succeeded.
   *
   * @param predicate if it throws for a connection, that is logged, the connection stays open, and
   *   the others are still closed. Not every connection has a `user`.
   * @param code default 4403: no longer allowed; 4401 tells clients to log in and come back
   * @param reason at most 123 bytes
   * @returns how many it picked
   * @throws InvalidUse for a code or a reason that may not be sent, and for what is not a function
   */
  disconnect(
    predicate: (connection: WsConnection<unknown, Contract>) => boolean,
    code: number = WSGATE_CLOSE_CODE.NO_LONGER_ALLOWED,
    reason = '',
  ): number {
    const disconnection = { picks: predicate, code, reason };
    const count = disconnect(this.#live.registry.connections, disconnection, this.#reporter);
    this.#live.handshakes.note(disconnection);
    return count;
  }

  /**
   * Sends every client `goaway`, waits for what is in flight, closes with 1001 and waits until all
   * connections are gone; those that do not close in time are cut. From the first call on, new
   * connections are refused.
   *
   * @throws InvalidUse (it rejects) for an option that is unknown or of another kind
   */
  drain(options: WsDrainOptions = {}): Promise<void> {
    return drainAll(this.#live, options);
  }
}
