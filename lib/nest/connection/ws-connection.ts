import type { IncomingHttpHeaders } from 'node:http';
import type { PreparedMessage } from '../../protocol/message/prepared-message.js';
import type { UntypedContract, WsContract } from '../../protocol/wsgate/contract.js';
import { pushMessage } from '../../protocol/wsgate/push-message.js';
import type { Rooms } from '../../server/registry/rooms.js';
import type { SentData, SentType, TypedSender } from '../contract/typed-sender.js';
import { assertPushType } from './assert-push-type.js';
import { assertRoom } from './assert-room.js';
import { readCookies } from './read-cookies.js';
import { readQuery } from './read-query.js';
import type { WsConnectionLink } from './ws-connection-link.js';
import type { WsHandshake } from './ws-handshake.js';

/**
 * The members of an interface as an object type of their own: unlike the interface, this is also a
 * `Record<string, unknown>`, so every connection is one without types as well.
 */
type Own<Data extends object> = { [Name in keyof Data]: Data[Name] };

/**
 * One client's connection: `@WsConn()` in a handler, `REQUEST` in a request-scoped provider, and
 * what `switchToWs().getClient()` gives a guard. It has what most guards written for HTTP look for
 * in a request: `headers`, `cookies`, `query`, `params`, `ip`, `user`, `session`.
 *
 * With a contract, `WsConnection<User, ChatContract>`, it sends the pushes of the contract and no
 * others. `WsConnection<User, UntypedContract, Draft>` has a `Draft` in `data`. Both are a matter of
 * types: every connection is an untyped one as well.
 */
export class WsConnection<
  User = unknown,
  Contract extends WsContract = UntypedContract,
  Data extends object = Record<string, unknown>,
> implements TypedSender<Contract> {
  /** The user, as the handshake guards set it, and set it again with each recheck. */
  user: User;
  #handshake: WsHandshake<User>;
  readonly #link: WsConnectionLink;
  readonly #rooms: Rooms<object>;
  #data: Own<Data> | undefined = undefined;
  #roomsAtEnd: ReadonlySet<string> | undefined = undefined;

  constructor(handshake: WsHandshake<User>, link: WsConnectionLink, rooms: Rooms<WsConnection>) {
    this.user = handshake.user;
    this.#handshake = handshake;
    this.#link = link;
    this.#rooms = rooms;
  }

  /** Unique in this process, and cannot be guessed. */
  get id(): string {
    return this.#handshake.id;
  }

  /** The URL's path, without its query: `/chat/lobby`. */
  get path(): string {
    return this.#handshake.path;
  }

  /** The values of the path's parameters: `{ room: 'lobby' }` on `/chat/:room`. */
  get params(): Readonly<Record<string, string>> {
    return this.#handshake.params;
  }

  /** The URL's query: a thousand names and values at most. */
  get query(): Readonly<Record<string, string | string[]>> {
    const { query } = this.#handshake;
    if (typeof query !== 'string') return query;
    const read = readQuery(query);
    this.#handshake = { ...this.#handshake, query: read };
    return read;
  }

  /** The headers of the upgrade request, names in lower case. */
  get headers(): IncomingHttpHeaders {
    return this.#handshake.headers;
  }

  /** The cookies of the upgrade request. */
  get cookies(): Readonly<Record<string, string | undefined>> {
    const { cookies } = this.#handshake;
    if (typeof cookies !== 'string') return cookies;
    const read = readCookies(cookies);
    this.#handshake = { ...this.#handshake, cookies: read };
    return read;
  }

  /** The client's address. */
  get ip(): string {
    return this.#handshake.ip;
  }

  /**
   * @internal Where guards written for `ws` look for the address, like the one in the throttler's
   * documentation.
   */
  get _socket(): { readonly remoteAddress: string } {
    return { remoteAddress: this.ip };
  }

  /**
   * The `Origin` header: the origin of the page that connected; undefined for clients that are not
   * browsers.
   */
  get origin(): string | undefined {
    return this.#handshake.origin;
  }

  /** The subprotocol in use; empty for none. */
  get protocol(): string {
    return this.#handshake.protocol;
  }

  /** The HTTP session of the upgrade request, where the application has sessions. */
  get session(): unknown {
    return this.#handshake.session;
  }

  /**
   * For whatever the application wants to remember about this connection. It begins empty: of `Data`,
   * what `onWsOpen` does not set is optional.
   */
  get data(): Own<Data> {
    this.#data ??= Object.create(null) as Own<Data>;
    return this.#data;
  }

  /**
   * The rooms it is in; after the close, those it was in. The set stays as it is when the connection
   * joins or leaves one; ask for it again.
   */
  get rooms(): ReadonlySet<string> {
    return this.#roomsAtEnd ?? this.#rooms.roomsOf(this);
  }

  /** Bytes sent that have not left the process. */
  get bufferedAmount(): number {
    return this.#link.bufferedAmount;
  }

  /** As in the WHATWG API: 0 connecting, 1 open, 2 closing, 3 closed. */
  get readyState(): number {
    return this.#link.readyState;
  }

  /**
   * How many pushes this client did not get: because the push policy dropped or replaced them, or
   * they came after the close.
   */
  get droppedPushes(): number {
    return this.#link.droppedPushes;
  }

  /**
   * Pushes `{type, data}` to this client. What a slow reader does to it is the push policy's
   * matter; after the close it is dropped.
   *
   * @throws what the codec throws for data it has no form for, such as a cycle; InvalidUse for a type
   *   that is not a string, or is a message written out, as gateways of `@nestjs/websockets` send them
   */
  send<K extends SentType<Contract> & string>(type: K, ...data: SentData<Contract, K>): void;
  send(type: string, data?: unknown): void {
    assertPushType(type);
    this.#link.push(type, this.#link.codec.encode(pushMessage(type, data)));
  }

  /**
   * Enters a room. Nothing happens after the close.
   *
   * @throws InvalidUse if it is not a string: all connections without the parameter would share a room
   */
  join(room: string): void {
    assertRoom(room, 'join');
    if (this.#roomsAtEnd === undefined) this.#rooms.join(this, room);
  }

  /** Leaves a room. @throws InvalidUse if it is not a string: it would stay where it is */
  leave(room: string): void {
    assertRoom(room, 'leave');
    this.#rooms.leave(this, room);
  }

  /**
   * Begins the closing handshake; calls in flight are aborted.
   *
   * @param code 1000, or 3000 to 4999, or another one an endpoint may send (RFC 6455 7.4)
   * @param reason at most 123 bytes
   * @throws InvalidUse for a code or a reason that may not be sent
   */
  close(code = 1000, reason = ''): void {
    this.#link.close(code, reason);
  }

  /** @internal Sends what was encoded for many. */
  deliver(type: string, message: PreparedMessage): void {
    this.#link.push(type, message);
  }

  /** @internal The session's side. */
  get link(): WsConnectionLink {
    return this.#link;
  }

  /** @internal The user the guards found last, whatever the application has set `user` to since. */
  get checkedUser(): unknown {
    return this.#handshake.user;
  }

  /**
   * @internal The guards have found the same user again. If the application has replaced `user`,
   * its own value stays.
   */
  renew(user: unknown, session: unknown): void {
    if (this.user === this.#handshake.user) this.user = user as User;
    this.#handshake = { ...this.#handshake, user: user as User, session };
  }

  /** @internal The connection has closed: it leaves its rooms for ever. */
  leaveForGood(): void {
    this.#roomsAtEnd ??= this.#rooms.leaveAll(this);
  }
}
