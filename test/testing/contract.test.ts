import { type INestApplication, Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  type OnWsOpen,
  WsConn,
  WsConnection,
  WsGateway,
  wsHandlerFor,
  WsModule,
  WsPayload,
  WsServer,
} from 'nestjs-wsgate';
import { connect } from 'nestjs-wsgate/testing';
import { from, type Observable } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

interface ChatContract {
  calls: {
    'message.send': { payload: { text: string }; reply: { at: number } };
    'room.leave': { payload: { room: string } };
  };
  streams: { 'prices.watch': { payload: { symbols: string[] }; item: { symbol: string } } };
  events: { typing: { room: string } };
  pushes: {
    welcome: { id: string };
    'message.new': { from: string; text: string };
    'someone.types': undefined;
    news: string;
  };
}

type ChatConnection = WsConnection<unknown, ChatContract>;
const ChatHandler = wsHandlerFor<ChatContract>();

/** Pushes from outside of gateways; injected by its type as `WsServer` always is. */
@Injectable()
class News {
  constructor(private readonly server: WsServer<ChatContract>) {}

  publish(text: string): void {
    this.server.broadcast('news', text);
  }
}

@WsGateway('/chat/:room')
class ChatGateway implements OnWsOpen {
  #sent = 0;

  constructor(private readonly server: WsServer<ChatContract>) {}

  onWsOpen(conn: ChatConnection): void {
    conn.join(conn.params.room);
    conn.send('welcome', { id: conn.id });
  }

  @ChatHandler('message.send', { order: 'serial' })
  async send(
    @WsPayload('text') text: string,
    @WsConn() conn: ChatConnection,
  ): Promise<{ at: number }> {
    const at = ++this.#sent;
    await new Promise(setImmediate);
    this.server.to(conn.params.room).except(conn).send('message.new', { from: conn.id, text });
    return { at };
  }

  @ChatHandler('room.leave')
  leave(@WsPayload('room') room: string, @WsConn() conn: ChatConnection): void {
    conn.leave(room);
  }

  @ChatHandler('prices.watch')
  watch(@WsPayload('symbols') symbols: readonly string[]): Observable<{ symbol: string }> {
    return from(symbols.map((symbol) => ({ symbol })));
  }

  @ChatHandler('typing')
  typing(@WsPayload() { room }: { readonly room: string }): void {
    this.server.to(room).send('someone.types');
  }
}

describe('a gateway and a client of one contract', () => {
  let app: INestApplication;

  beforeEach(async () => {
    const module = await Test.createTestingModule({
      imports: [WsModule.forRoot()],
      providers: [ChatGateway, News],
    }).compile();
    app = module.createNestApplication({ logger: false });
  });

  afterEach(() => app.close());

  it('call, stream and push', async () => {
    await using one = await connect<ChatContract>(app, '/chat/lobby');
    await using other = await connect<ChatContract>(app, '/chat/lobby');
    const { id } = await one.nextEvent('welcome');

    const calls = ['a', 'b'].map((text) => one.request('message.send', { text }));
    expect(await Promise.all(calls)).toEqual([{ at: 1 }, { at: 2 }]);
    expect(await other.nextEvent('message.new')).toEqual({ from: id, text: 'a' });

    const symbols: string[] = [];
    for await (const { symbol } of one.stream('prices.watch', { symbols: ['A', 'B'] })) {
      symbols.push(symbol);
    }
    expect(symbols).toEqual(['A', 'B']);

    other.send('typing', { room: 'lobby' });
    expect(await one.nextEvent('someone.types')).toBeUndefined();
    app.get(News).publish('extra');
    expect(await one.nextEvent('news')).toBe('extra');
  });

  it('answer with nothing where the contract has no reply', async () => {
    await using one = await connect<ChatContract>(app, '/chat/lobby');
    expect(await one.request('room.leave', { room: 'lobby' })).toBeUndefined();
    expect(app.get(WsServer).to('lobby').connections.size).toBe(0);
  });
});

describe('wsHandlerFor', () => {
  it('refuses at runtime what @WsHandler refuses', () => {
    const Handler = wsHandlerFor<{ events: { '': string } }>();
    expect(() => Handler('')).toThrow('needs a message type');
  });
});
