import { randomUUID } from 'node:crypto';
import {
  OriginGuard,
  UseHandshakeGuards,
  WsConn,
  WsConnection,
  WsException,
  WsGateway,
  WsHandler,
  WsPayload,
  WsServer,
  WsUser,
  type OnWsClose,
} from 'nestjs-wsgate';
import type { Observable } from 'rxjs';
import { SessionGuard } from '../auth/session.guard.js';
import type { User } from '../auth/user.js';
import type { PriceBoard } from '../prices/price-board.js';
import { PriceFeed } from '../prices/price-feed.js';
import { WatchPrices } from '../prices/watch-prices.dto.js';
import { EnterRoom, SendMessage } from './chat.dto.js';
import type { ChatMessage } from './chat-message.js';
import { RoomBook } from './room-book.js';
import type { RoomView } from './room-view.js';

/** Everybody is in one room at a time. */
@WsGateway('/chat')
@UseHandshakeGuards(OriginGuard, SessionGuard)
export class ChatGateway implements OnWsClose<User> {
  constructor(
    private readonly book: RoomBook,
    private readonly server: WsServer,
    private readonly prices: PriceFeed,
  ) {}

  @WsHandler('room.enter', { order: 'serial' })
  enter(@WsPayload() { room }: EnterRoom, @WsConn() conn: WsConnection<User>): RoomView {
    this.book.open(room);
    const left = leaveAll(conn);
    conn.join(room);
    this.announce(...left, room);
    return {
      room,
      people: this.book.people(room),
      messages: this.book.history(room),
      rooms: this.book.list(),
    };
  }

  @WsHandler('message.send')
  send(
    @WsPayload() { text }: SendMessage,
    @WsConn() conn: WsConnection<User>,
    @WsUser() user: User,
  ): ChatMessage {
    const room = roomOf(conn);
    const message = { id: randomUUID(), from: user.name, text, at: Date.now() };
    this.book.add(room, message);
    this.server.to(room).except(conn).send('message.new', message);
    return message;
  }

  /** An event: nobody waits for an answer. */
  @WsHandler('typing')
  typing(@WsConn() conn: WsConnection<User>, @WsUser('name') name: string): void {
    this.server.to(roomOf(conn)).except(conn).send('typing', { name });
  }

  /** A stream. Who cannot keep up, or has paused, gets the newest prices next. */
  @WsHandler('prices.watch', { stream: { overflow: 'latest' } })
  watch(@WsPayload() { symbols }: WatchPrices): Observable<PriceBoard> {
    return this.prices.of(symbols);
  }

  onWsClose(conn: WsConnection<User>): void {
    this.announce(...leaveAll(conn));
  }

  /** Tells a room who is in it, and everybody how full the rooms are. */
  private announce(...rooms: readonly string[]): void {
    for (const room of new Set(rooms)) {
      this.server.to(room).send('people', { room, people: this.book.people(room) });
    }
    this.server.broadcast('rooms', { rooms: this.book.list() });
  }
}

function leaveAll(conn: WsConnection<User>): string[] {
  const rooms = [...conn.rooms];
  for (const room of rooms) conn.leave(room);
  return rooms;
}

function roomOf(conn: WsConnection<User>): string {
  const [room] = conn.rooms;
  if (room === undefined) throw new WsException('NO_ROOM', 'Enter a room first.');
  return room;
}
