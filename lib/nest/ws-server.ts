import { Injectable } from '@nestjs/common';
import { WSGATE_CLOSE_CODE } from '../protocol/wsgate/close-codes.js';
import type { UntypedContract, WsContract } from '../protocol/wsgate/contract.js';
import type { SentData, SentType } from './contract/typed-sender.js';
import { ExceptionReporter } from './errors/exception-reporter.js';
import { Audience } from './push/audience.js';
import { disconnect } from './push/disconnect.js';
import { drainAll, type WsDrainOptions } from './push/drain-all.js';
import { LiveConnections } from './push/live-connections.js';
import type { WsConnection } from './ws-connection.js';

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

  /** The live connections, in the order they came: a live view. */
  get connections(): ReadonlySet<WsConnection<unknown, Contract>> {
    return this.#live.registry.connections;
  }

  /**
   * Bytes that all connections hold, for monitoring: messages that have not ended, what waits for
   * clients that read too slowly, and messages that wait to be handled or are being handled. See the option
   * `memoryCeiling`.
   */
  get heldBytes(): number {
    return this.#live.memory.heldBytes;
  }

  /** Has `drain` been called? */
  get isDraining(): boolean {
    return this.#live.isDraining;
  }

  /** Who is in the room, or in one of them. Throws InvalidUse for what is no string. */
  to(...rooms: readonly string[]): Audience<Contract> {
    return new Audience(this.#live, rooms);
  }

  /** Everybody but these. */
  except(...connections: readonly WsConnection[]): Audience<Contract> {
    return new Audience<Contract>(this.#live).except(...connections);
  }

  /** Pushes to everybody. Throws as {@link Audience.send} does. */
  broadcast<K extends SentType<Contract>>(type: K, ...data: SentData<Contract, K>): void;
  broadcast(type: string, data?: unknown): void {
    new Audience(this.#live).send(type, data);
  }

  /**
   * Closes the connections the predicate picks, on all gateways: a logged-out user's, say. Those
   * whose handshake is under way are asked about when it is done.
   *
   * @param predicate one it throws for stays open, which is logged, and the others are closed. Not
   *   every connection has a `user`.
   * @param code default 4403: no longer allowed; 4401 tells clients to log in and come back
   * @param reason at most 123 bytes
   * @returns how many it picked
   * @throws InvalidUse for a code or a reason that may not be sent
   */
  disconnect(
    predicate: (connection: WsConnection<unknown, Contract>) => boolean,
    code: number = WSGATE_CLOSE_CODE.NO_LONGER_ALLOWED,
    reason = '',
  ): number {
    const disconnection = { picks: predicate, code, reason };
    const count = disconnect(this.#live.registry.connections, disconnection, this.#reporter);
    this.#live.arrivals.note(disconnection);
    return count;
  }

  /**
   * Sends every client `goaway`, waits for what is in flight, closes with 1001 and waits until all
   * are gone; what does not go is cut off. From the first call on new connections are refused.
   */
  drain(options: WsDrainOptions = {}): Promise<void> {
    return drainAll(this.#live, options);
  }
}
