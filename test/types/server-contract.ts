// Compiled by `npm run types`: what must not compile stands under an @ts-expect-error, and one that
// is not needed is an error too.
import { Controller, type INestApplication } from '@nestjs/common';
import {
  type OnWsClose,
  type OnWsOpen,
  type SentData,
  type SentType,
  type TypedSender,
  type UntypedContract,
  type WsClose,
  WsConn,
  WsConnection,
  WsGateway,
  WsHandler,
  wsHandlerFor,
  WsPayload,
  WsServer,
  WsSignal,
} from 'nestjs-wsgate';
import { from, type Observable } from 'rxjs';

interface SendMessage {
  readonly text: string;
}
interface Ack {
  readonly ok: boolean;
}
interface Price {
  readonly symbol: string;
  readonly cents: number;
}
interface User {
  readonly name: string;
}

interface ChatContract {
  calls: {
    'message.send': { payload: SendMessage; reply: Ack };
    'room.leave': { reply: Ack };
    'room.mute': { payload: { minutes: number } };
  };
  streams: { 'prices.watch': { payload: { symbols: string[] }; item: Price } };
  events: { typing: { room: string } };
  pushes: { 'message.new': { from: string; text: string }; 'server.tick': undefined };
}

declare function expectType<T>(value: T): void;
declare const priceFeed: Observable<Price>;

const ChatHandler = wsHandlerFor<ChatContract>();

@WsGateway('/chat/:room')
export class GoodGateway implements OnWsOpen<User>, OnWsClose<User> {
  constructor(private readonly server: WsServer<ChatContract>) {}

  onWsOpen(conn: WsConnection<User, ChatContract>): void {
    conn.send('message.new', { from: conn.user.name, text: 'hello' });
  }

  onWsClose(conn: WsConnection<User, ChatContract>, _close: WsClose): void {
    this.server.except(conn).send('server.tick');
  }

  @ChatHandler('message.send')
  send(@WsPayload() dto: SendMessage, @WsConn() conn: WsConnection<User, ChatContract>): Ack {
    const message = { from: conn.user.name, text: dto.text };
    this.server.to(conn.params.room).except(conn).send('message.new', message);
    return { ok: true };
  }

  @ChatHandler('message.send', { order: 'serial' })
  async sendLater(@WsConn() conn: WsConnection, @WsPayload('text') text: string): Promise<Ack> {
    await Promise.resolve(conn.id + text);
    return { ok: true };
  }

  // @ts-expect-error no such option
  @ChatHandler('room.leave', { sequence: 'serial' })
  leave(): Ack {
    return { ok: true };
  }

  @ChatHandler('room.leave')
  leaveRoom(@WsConn() conn: WsConnection, @WsSignal() _signal: AbortSignal): Ack {
    conn.leave(conn.params.room);
    return { ok: true };
  }

  @ChatHandler('room.mute')
  mute(@WsPayload('minutes') _minutes: number): void {
    // A call without a reply is answered with nothing.
  }

  @ChatHandler('room.mute')
  async muteLater(): Promise<void> {
    await Promise.resolve();
  }

  @ChatHandler('prices.watch')
  watch(@WsPayload() _query: { symbols: readonly string[] }): Observable<Price> {
    return priceFeed;
  }

  @ChatHandler('prices.watch')
  async *pull(@WsSignal() _signal: AbortSignal, @WsPayload() _query: object): AsyncIterable<Price> {
    yield await Promise.resolve({ symbol: 'ACME', cents: 1 });
  }

  @ChatHandler('typing')
  typing(@WsPayload() _payload: { room: string }): void {
    // An event is not answered.
  }
}

@Controller()
export class BadGateway {
  // @ts-expect-error no such type
  @ChatHandler('message.sent')
  unknownType(): Ack {
    return { ok: true };
  }

  // @ts-expect-error a push goes the other way
  @ChatHandler('message.new')
  push(): void {
    // Nobody sends it here.
  }

  // @ts-expect-error the reply is another
  @ChatHandler('message.send')
  otherReply(@WsPayload() _dto: SendMessage): string {
    return 'ok';
  }

  // @ts-expect-error there is no reply
  @ChatHandler('message.send')
  noReply(@WsPayload() _dto: SendMessage): void {
    // A reply is missing.
  }

  // @ts-expect-error the reply is another, later
  @ChatHandler('message.send')
  otherReplyLater(): Promise<{ ok: string }> {
    return Promise.resolve({ ok: 'yes' });
  }

  // @ts-expect-error no parameter takes the payload
  @ChatHandler('message.send')
  otherPayload(@WsPayload() _dto: { readonly text: number }): Ack {
    return { ok: true };
  }

  // @ts-expect-error a stream is answered with many
  @ChatHandler('prices.watch')
  onePrice(): Price {
    return { symbol: 'ACME', cents: 1 };
  }

  // @ts-expect-error the items are others
  @ChatHandler('prices.watch')
  otherItems(): Observable<string> {
    return from(['ACME']);
  }

  // @ts-expect-error the items are others
  @ChatHandler('prices.watch')
  async *otherPulledItems(): AsyncIterable<{ symbol: string }> {
    yield await Promise.resolve({ symbol: 'ACME' });
  }
}

/** What has been decoded is the handler's own: it may change what the contract calls readonly. */
interface FrozenContract {
  calls: {
    'lines.draw': {
      payload: {
        readonly lines: readonly { readonly points: readonly number[] }[];
        color?: string;
      };
    };
  };
}
const FrozenHandler = wsHandlerFor<FrozenContract>();

export class ThawingGateway {
  @FrozenHandler('lines.draw')
  draw(@WsPayload() _payload: { lines: { points: number[] }[]; color?: string }): void {
    // A schema of zod infers arrays like these.
  }

  @FrozenHandler('lines.draw')
  drawLines(
    @WsConn() _conn: WsConnection,
    @WsPayload('lines') _lines: { points: number[] }[],
  ): void {
    // One property, likewise.
  }

  // @ts-expect-error the points are others
  @FrozenHandler('lines.draw')
  otherPoints(@WsPayload() _payload: { lines: { points: string[] }[] }): void {
    // Nothing of it is read.
  }

  // @ts-expect-error the contract does not promise a color
  @FrozenHandler('lines.draw')
  colored(@WsPayload() _payload: { lines: { points: number[] }[]; color: string }): void {
    // Nothing of it is read.
  }
}

/** Never run, as everything below: the compiler is the test. */
export function pushes(
  conn: WsConnection<User, ChatContract>,
  server: WsServer<ChatContract>,
): void {
  conn.send('message.new', { from: 'a', text: 'b' });
  conn.send('server.tick');
  // @ts-expect-error no such push
  conn.send('message.old', { from: 'a', text: 'b' });
  // @ts-expect-error the data is missing
  conn.send('message.new');
  // @ts-expect-error the data is another
  conn.send('message.new', { text: 'b' });
  // @ts-expect-error there is no data
  conn.send('server.tick', 1);
  // @ts-expect-error a call goes the other way
  conn.send('message.send', { text: 'b' });

  server.broadcast('server.tick');
  // @ts-expect-error the data is missing
  server.broadcast('message.new');
  // @ts-expect-error no such push
  server.broadcast('tick');

  const others = server.to('lobby').to('attic').except(conn);
  others.send('message.new', { from: 'a', text: 'b' });
  // @ts-expect-error the data is another
  others.send('message.new', 'b');
  // @ts-expect-error no such push
  server.to('lobby').send('message.old', 1);
  // @ts-expect-error no such push
  server.except(conn).send('message.old', 1);

  for (const one of server.connections) one.send('server.tick');
  for (const one of others.connections) one.send('server.tick');
  // @ts-expect-error no such push
  for (const one of server.connections) one.send('tick');
  // @ts-expect-error no such push
  for (const one of others.connections) one.send('tick');
  expectType<number>(server.disconnect((one) => one.id === conn.id));
}

/** What is sent on can be typed as well, and a helper need not know whom it sends to. */
export function relay<K extends SentType<ChatContract>>(
  to: TypedSender<ChatContract>,
  type: K,
  ...data: SentData<ChatContract, K>
): void {
  to.send(type, ...data);
}
export function relayToAll(
  conn: WsConnection<User, ChatContract>,
  server: WsServer<ChatContract>,
): void {
  relay(conn, 'server.tick');
  relay(server.to('lobby'), 'message.new', { from: 'a', text: 'b' });
  // @ts-expect-error the data is missing
  relay(conn, 'message.new');
}

/** Without a contract everything goes. */
@WsGateway('/untyped')
export class UntypedGateway {
  constructor(private readonly server: WsServer) {}

  @WsHandler('anything')
  anything(@WsPayload() payload: unknown, @WsConn() conn: WsConnection): unknown {
    const type: string = conn.path;
    conn.send(type, payload);
    conn.send('nothing');
    this.server.broadcast(type, payload);
    this.server.to('lobby').except(conn).send('nothing');
    return payload;
  }

  @(wsHandlerFor<UntypedContract>()('anything.else'))
  anythingElse(text: string): number {
    return text.length;
  }
}

/** Whoever asks the application for the server says which contract it is to have, or has none. */
export function injected(app: INestApplication): void {
  app.get(WsServer).broadcast('anything', 1);
  app.get(WsServer).to('lobby').send('anything');
  const server: WsServer<ChatContract> = app.get(WsServer);
  server.broadcast('server.tick');
  // @ts-expect-error no such push
  app.get<WsServer<ChatContract>>(WsServer).broadcast('anything', 1);
}

/** Typed and untyped ones go where the other is asked for: what there is of them is the same. */
export function mixes(
  conn: WsConnection<User, ChatContract>,
  server: WsServer<ChatContract>,
  bareConn: WsConnection,
  bareServer: WsServer,
): void {
  expectType<WsConnection>(conn);
  expectType<WsConnection<User>>(conn);
  expectType<WsConnection<unknown, ChatContract>>(bareConn);
  expectType<WsServer>(server);
  expectType<WsServer<ChatContract>>(bareServer);
  expectType<ReadonlySet<WsConnection>>(server.connections);
  bareServer.except(conn).send('anything');
  server.except(bareConn).send('server.tick');
  bareServer.disconnect((one) => one === conn);
}

interface Draft {
  readonly since: number;
  text?: string;
}
type Writer = WsConnection<User, ChatContract, Draft>;

/** What a connection keeps has the type its gateway gives it. */
@WsGateway('/drafts')
export class DraftGateway implements OnWsOpen<User>, OnWsClose<User> {
  constructor(private readonly server: WsServer<ChatContract>) {}

  onWsOpen(conn: Writer): void {
    Object.assign(conn.data, { since: Date.now() } satisfies Draft);
  }

  onWsClose(conn: Writer): void {
    this.server.except(conn).send('server.tick');
  }

  @ChatHandler('message.send')
  send(@WsPayload() dto: SendMessage, @WsConn() conn: Writer): Ack {
    conn.data.text = dto.text;
    expectType<number>(conn.data.since);
    expectType<string | undefined>(conn.data.text);
    // @ts-expect-error not a member of it
    conn.data.txt = dto.text;
    // @ts-expect-error of another type
    conn.data.text = 1;
    // @ts-expect-error readonly
    conn.data.since = 1;
    return { ok: true };
  }
}

/** One whose data is typed goes where any connection is asked for; the other way would be a claim. */
export function remembers(conn: Writer, bareConn: WsConnection): void {
  expectType<WsConnection>(conn);
  expectType<WsConnection<User>>(conn);
  expectType<WsConnection<User, ChatContract>>(conn);
  expectType<Record<string, unknown>>(conn.data);
  expectType<WsConnection<unknown, UntypedContract, { text?: unknown }>>(bareConn);
  bareConn.data['anything'] = 1;
  // @ts-expect-error nobody has put that there
  expectType<WsConnection<unknown, UntypedContract, Draft>>(bareConn);
  // @ts-expect-error a text holds nothing
  expectType<WsConnection<unknown, UntypedContract, string>>(bareConn);
}

/** A contract without pushes has none to send. */
export function nothingToPush(
  conn: WsConnection<User, { calls: { ping: { reply: 'pong' } } }>,
): void {
  // @ts-expect-error there are no pushes
  conn.send('pong');
}

// @ts-expect-error that is no contract
export type NotAContract = WsServer<{ pushes: string }>;
// @ts-expect-error without a contract there is nothing to handle
export const nothing = wsHandlerFor()('message.send');
