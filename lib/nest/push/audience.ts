import type { UntypedContract, WsContract } from '../../protocol/wsgate/contract.js';
import type { SentData, SentType, TypedSender } from '../contract/typed-sender.js';
import type { WsConnection } from '../connection/ws-connection.js';
import type { LiveConnections } from './live-connections.js';
import { assertConnection } from './assert-connection.js';
import { assertRoom } from '../connection/assert-room.js';
import { sendToAll } from './send-to-all.js';

const NOBODY: ReadonlySet<WsConnection> = new Set<WsConnection>();

/**
 * Some of the live connections: `server.to('lobby').except(conn)`. It only names them: who is in
 * the rooms is looked up at each `send`.
 */
export class Audience<
  Contract extends WsContract = UntypedContract,
> implements TypedSender<Contract> {
  readonly #live: LiveConnections;
  /** Undefined: everybody. */
  readonly #rooms: readonly string[] | undefined;
  readonly #except: ReadonlySet<WsConnection>;

  constructor(
    live: LiveConnections,
    rooms?: readonly string[],
    except: ReadonlySet<WsConnection> = NOBODY,
  ) {
    for (const room of rooms ?? []) assertRoom(room, 'to');
    this.#live = live;
    this.#rooms = rooms;
    this.#except = except;
  }

  /**
   * These rooms as well. Who is in several gets a message once. Throws as
   * {@link WsConnection.join}.
   */
  to(...rooms: readonly string[]): Audience<Contract> {
    return new Audience(this.#live, [...(this.#rooms ?? []), ...rooms], this.#except);
  }

  /**
   * Leaves these connections out.
   *
   * @throws InvalidUse for anything else, such as an id: its connection would get the message.
   */
  except(...connections: readonly WsConnection[]): Audience<Contract> {
    for (const connection of connections) assertConnection(connection);
    return new Audience(this.#live, this.#rooms, new Set([...this.#except, ...connections]));
  }

  /** Who that is now. */
  get connections(): ReadonlySet<WsConnection<unknown, Contract>> {
    const all = [...this.#candidates()];
    return new Set(all.filter((connection) => !this.#except.has(connection)));
  }

  /**
   * Pushes `{type, data}` to each of them; slow readers as their push policy says.
   *
   * @throws what a codec throws for data it has no form for, such as a cycle
   */
  send<K extends SentType<Contract> & string>(type: K, ...data: SentData<Contract, K>): void;
  send(type: string, data?: unknown): void {
    sendToAll(this.#candidates(), this.#except, type, data);
  }

  #candidates(): ReadonlySet<WsConnection> {
    const { rooms, registry } = this.#live;
    if (this.#rooms === undefined) return registry.connections;
    const [first, ...others] = this.#rooms;
    if (first === undefined) return NOBODY;
    if (others.length === 0) return rooms.membersOf(first);
    return new Set(this.#rooms.flatMap((room) => [...rooms.membersOf(room)]));
  }
}
