// Compiled by `npm run types`: what must not compile stands under an @ts-expect-error, and one that
// is not needed is an error too.
import { from, type Observable } from 'rxjs';
import { WsClient, type WsContract, type WsStream } from 'nestjs-wsgate/client';

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

interface ChatContract {
  calls: {
    'message.send': { payload: SendMessage; reply: Ack };
    'room.leave': { reply: Ack };
  };
  streams: { 'prices.watch': { payload: { symbols: string[] }; item: Price } };
  events: { typing: { room: string } };
  pushes: { 'message.new': { from: string; text: string }; 'server.tick': undefined };
}

declare function expectType<T>(value: T): void;

/** Never run: the compiler is the test. */
export async function onTheClient(client: WsClient<ChatContract>): Promise<void> {
  expectType<Ack>(await client.request('message.send', { text: 'hi' }));
  expectType<Ack>(await client.request('message.send', { text: 'hi' }, { timeoutMs: 5 }));
  expectType<Ack>(await client.request('room.leave'));
  expectType<Ack>(await client.request('room.leave', undefined, { retry: true }));
  // @ts-expect-error no such type
  void client.request('message.sent', { text: 'hi' });
  // @ts-expect-error the payload is missing
  void client.request('message.send');
  // @ts-expect-error the payload is another
  void client.request('message.send', { text: 1 });
  // @ts-expect-error there is no payload
  void client.request('room.leave', { room: 'lobby' });
  // @ts-expect-error a stream is no call
  void client.request('prices.watch', { symbols: [] });
  // @ts-expect-error the reply is another
  expectType<string>(await client.request('room.leave'));

  const prices = client.stream('prices.watch', { symbols: ['ACME'] });
  expectType<WsStream<Price>>(prices);
  expectType<Observable<Price>>(from(prices));
  for await (const price of prices) expectType<number>(price.cents);
  prices.subscribe(({ symbol }) => expectType<string>(symbol));
  prices.subscribe({ next: (price) => expectType<Price>(price) });
  client.stream(
    'prices.watch',
    { symbols: [] },
    { credit: 8, resume: (last) => ({ symbols: last === undefined ? [] : [last.symbol] }) },
  );
  // @ts-expect-error a call is no stream
  client.stream('message.send', { text: 'hi' });
  // @ts-expect-error the payload is missing
  client.stream('prices.watch');
  // @ts-expect-error what resumes is another payload
  client.stream('prices.watch', { symbols: [] }, { resume: () => 1 });

  client.send('typing', { room: 'lobby' });
  client.send('message.send', { text: 'a call nobody waits for' });
  // @ts-expect-error the payload is another
  client.send('typing', 'lobby');
  // @ts-expect-error a push goes the other way
  client.send('message.new', { from: 'a', text: 'b' });

  client.on('message.new', ({ from: sender, text }) => expectType<string>(sender + text));
  client.on('server.tick', (data) => expectType<undefined>(data));
  expectType<() => void>(client.on('message.new', () => undefined));
  for await (const { text } of client.on('message.new')) expectType<string>(text);
  // @ts-expect-error no such push
  client.on('message.old', () => undefined);
  // @ts-expect-error the data is another
  client.on('message.new', (data: number) => data);
}

/** Without a contract everything goes, and nothing is known of what comes. */
export async function untyped(client: WsClient): Promise<void> {
  const reply = await client.request('anything', { at: 'all' });
  expectType<unknown>(reply);
  // @ts-expect-error it has to be looked at first
  expectType<string>(reply);
  await client.request('nothing');
  for await (const item of client.stream('numbers')) expectType<unknown>(item);
  client.send('event', 1);
  client.on('push', (data) => expectType<unknown>(data));
}

/** A part may be left out, and a contract may be made of other interfaces. */
interface PushesOnly {
  pushes: { tick: number };
}
interface NamedCalls {
  ping: { reply: 'pong' };
}
interface Composed {
  calls: NamedCalls;
}
export async function parts(ticks: WsClient<PushesOnly>, calls: WsClient<Composed>): Promise<void> {
  ticks.on('tick', (n) => expectType<number>(n));
  // @ts-expect-error there are no calls
  void ticks.request('tick');
  expectType<'pong'>(await calls.request('ping'));
}
// @ts-expect-error that is no contract
export type NotAContract = WsClient<{ messages: string }>;
export const keepsToTheShape = (contract: ChatContract): WsContract => contract;
