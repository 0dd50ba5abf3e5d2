// The application of the design's second section, as its reader would type it.
import { Injectable, Module, UsePipes, ValidationPipe } from '@nestjs/common';
import { IsArray, IsString, Length } from 'class-validator';
import {
  CookieGuard,
  OriginGuard,
  type OnWsClose,
  type OnWsOpen,
  UseHandshakeGuards,
  WsConn,
  type WsConnection,
  WsGateway,
  WsHandler,
  WsModule,
  WsPayload,
  WsServer,
  WsUser,
} from 'nestjs-wsgate';
import { concat, EMPTY, finalize, NEVER, type Observable, of } from 'rxjs';

export interface User {
  readonly name: string;
}

export interface Price {
  readonly symbol: string;
  readonly price: number;
}

export interface Line {
  readonly number: number;
}

export class SendMessage {
  @IsString() @Length(1, 20) text!: string;
}

export class WatchPrices {
  @IsArray() @IsString({ each: true }) symbols!: string[];
}

@Injectable()
export class SessionStore {
  readonly users = new Map<string, User>([
    ['ada', { name: 'Ada' }],
    ['grace', { name: 'Grace' }],
  ]);
  async find(sid: string): Promise<User | null> {
    if (sid === 'broken') throw new Error('the store is down');
    return this.users.get(sid) ?? null;
  }
}

@Injectable()
export class PriceFeed {
  readonly watching = new Set<readonly string[]>();
  /** One price for each symbol; goes on for ever if there is an `endless` among them. */
  of(symbols: readonly string[]): Observable<Price> {
    this.watching.add(symbols);
    const prices = of(...symbols.map((symbol, index) => ({ symbol, price: index + 1 })));
    return concat(prices, symbols.includes('endless') ? NEVER : EMPTY).pipe(
      finalize(() => this.watching.delete(symbols)),
    );
  }
}

@Injectable()
export class SessionGuard extends CookieGuard<User> {
  constructor(private readonly sessions: SessionStore) {
    super({ cookie: 'sid', secrets: ['new', 'old'] });
  }
  authenticate(sid: string): Promise<User | null> {
    return this.sessions.find(sid);
  }
}

/** What the hooks and generators of the gateway saw. */
@Injectable()
export class Diary {
  readonly closes: unknown[] = [];
  pulled = 0;
  ended = 0;
}

@WsGateway('/chat/:room')
@UseHandshakeGuards(OriginGuard, SessionGuard)
@UsePipes(new ValidationPipe({ whitelist: true, transform: true }))
export class ChatGateway implements OnWsOpen, OnWsClose {
  constructor(
    private readonly server: WsServer,
    private readonly prices: PriceFeed,
    private readonly diary: Diary,
  ) {}

  onWsOpen(conn: WsConnection<User>) {
    return conn.join(conn.params.room);
  }
  onWsClose(conn: WsConnection<User>, close: { code: number; reason: string; wasClean: boolean }) {
    this.diary.closes.push({ user: conn.user.name, rooms: [...conn.rooms], ...close });
  }

  @WsHandler('message.send')
  send(@WsPayload() dto: SendMessage, @WsConn() conn: WsConnection<User>, @WsUser() user: User) {
    const message = { from: user.name, text: dto.text };
    this.server.to(conn.params.room).except(conn).send('message.new', message);
    return { ok: true, keys: Object.keys(dto), isDto: dto instanceof SendMessage };
  }

  @WsHandler('prices.watch')
  watch(@WsPayload() q: WatchPrices): Observable<Price> {
    return this.prices.of(q.symbols);
  }

  @WsHandler('report.lines')
  async *lines(@WsPayload('from') from: number): AsyncIterable<Line> {
    try {
      for (let number = from; ; number++) {
        this.diary.pulled++;
        yield { number };
      }
    } finally {
      this.diary.ended++;
    }
  }
}

@Module({
  imports: [WsModule.forRoot({ origin: ['https://app.example.com'] })],
  providers: [ChatGateway, SessionGuard, SessionStore, PriceFeed, Diary],
})
export class ChatModule {}
