import { jsonClientCodec, type WsClientCodec } from '../client/client-codec.js';
import type { WsRequestOptions } from '../client/calls/request-call.js';
import type { WsStreamOptions } from '../client/calls/stream-call.js';
import type { WsSocket } from '../client/connection/ws-socket.js';
import { ItemQueue } from '../client/stream/item-queue.js';
import type { WsStream } from '../client/stream/ws-stream.js';
import { WsClient } from '../client/ws-client.js';
import type {
  CallType,
  DataArguments,
  EventType,
  ItemOf,
  PayloadOf,
  PushOf,
  PushType,
  ReplyOf,
  StreamType,
  UntypedContract,
  WsContract,
} from '../protocol/wsgate/contract.js';
import type { WebSocket } from '../socket/web-socket.js';
import type { ConnectOptions } from './connect-options.js';

/** How the connection of a {@link TestClient} ended. */
export interface TestClose {
  /** The close code: 1005 for a Close without one, 1006 where the connection broke. */
  readonly code: number;
  /** The reason the server gave; empty for none. */
  readonly reason: string;
}

type TakenPush = IteratorResult<unknown, undefined>;

/** Makes the socket of a {@link TestClient}. */
export type TestSocketFactory = (url: string, protocols: string[]) => WebSocket;

/**
 * A client for tests: the calls and streams of `WsClient`, no reconnecting, and nothing missed:
 * pushes are kept from the first on, however late they are asked for.
 */
export class TestClient<C extends WsContract = UntypedContract> {
  /** Every message the server sent, decoded, in order. */
  readonly received: readonly unknown[];
  /** Resolves when the connection has ended. */
  readonly closed: Promise<TestClose>;
  readonly #client: WsClient<C>;
  readonly #timeoutMs: number;
  readonly #received: unknown[] = [];
  readonly #pushes = new Map<string, ItemQueue<unknown>>();
  /** Pushes that were waited for in vain: they are the next ones of their type. */
  readonly #late = new Map<string, Promise<TakenPush>[]>();
  #socket: WebSocket | undefined;

  constructor(path: string, options: ConnectOptions, createSocket: TestSocketFactory) {
    this.received = this.#received;
    const { promise, resolve } = createDeferred<TestClose>();
    this.closed = promise;
    this.#timeoutMs = options.timeoutMs ?? 4000;
    this.#client = new WsClient<C>(new URL(path, 'ws://localhost'), {
      lazy: true,
      codec: this.#listeningCodec(options.codec ?? jsonClientCodec),
      timeoutMs: this.#timeoutMs,
      heartbeatIntervalMs: 0,
      shouldReconnect: () => false,
      // What cannot be told to a call is in `received`.
      onError: () => {},
      webSocket: (url, protocols) => this.#connect(createSocket(url, protocols), resolve),
    });
  }

  /** The socket beneath, to pause, to terminate, or to send what no client would. */
  get socket(): WebSocket {
    if (this.#socket === undefined) throw new Error('the client is not connected');
    return this.#socket;
  }

  /** Resolves when the connection is open; rejects with the error that kept it from opening. */
  async opened(): Promise<void> {
    try {
      await this.#client.connect();
    } catch (error) {
      const { status } = this.#client;
      throw status.state === 'stopped' ? (status.end.error ?? error) : error;
    }
  }

  /** As {@link WsClient.request}. */
  request<K extends CallType<C> & string>(
    type: K,
    ...rest: DataArguments<PayloadOf<C, K>, [options?: WsRequestOptions]>
  ): Promise<ReplyOf<C, K>> {
    return this.#client.request(type, ...rest);
  }

  /** As {@link WsClient.stream}. */
  stream<K extends StreamType<C> & string>(
    type: K,
    ...rest: DataArguments<
      PayloadOf<C, K>,
      [options?: WsStreamOptions<ItemOf<C, K>, PayloadOf<C, K>>]
    >
  ): WsStream<ItemOf<C, K>> {
    return this.#client.stream(type, ...rest);
  }

  /** As {@link WsClient.send}. */
  send<K extends (EventType<C> | CallType<C>) & string>(
    type: K,
    ...rest: DataArguments<PayloadOf<C, K>>
  ): void {
    this.#client.send(type, ...rest);
  }

  /**
   * The pushes of a type, from the first of the connection on; ends with the
   * connection. Each is read once.
   */
  async *events<K extends PushType<C> & string>(
    type: K,
  ): AsyncGenerator<PushOf<C, K>, void, undefined> {
    for (;;) {
      const { done, value } = await this.#take(type);
      if (done) return;
      yield value as PushOf<C, K>;
    }
  }

  /**
   * The next push of a type that has not been read. Rejects when the connection ends before it, and
   * when it has not come within `timeoutMs`, saying what came instead.
   */
  async nextEvent<K extends PushType<C> & string>(type: K): Promise<PushOf<C, K>> {
    const { done, value } = await this.#inTime(this.#take(type), type);
    if (done) throw new Error(`the connection ended before a push of type "${type}" came`);
    return value as PushOf<C, K>;
  }

  /** Closes the connection, and resolves when it is closed. */
  async close(code = 1000, reason = ''): Promise<TestClose> {
    await this.#client.close(code, reason);
    return this.closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #take(type: string): Promise<TakenPush> {
    return this.#late.get(type)?.shift() ?? this.#queueOf(type).take();
  }

  #inTime(push: Promise<TakenPush>, type: string): Promise<TakenPush> {
    if (this.#timeoutMs === 0) return push;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#late.set(type, [...(this.#late.get(type) ?? []), push]);
        reject(this.#missed(type));
      }, this.#timeoutMs);
      void push.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  #missed(type: string): Error {
    const came = [...new Set(this.#received.filter(isPush).map((push) => push.type))].join(', ');
    const within = `within ${this.#timeoutMs} ms`;
    return new Error(
      `no push of type "${type}" came ${within}; those that came: ${came || 'none'}`,
    );
  }

  #connect(socket: WebSocket, closed: (close: TestClose) => void): WsSocket {
    if (this.#socket !== undefined) throw new Error('a test client does not reconnect');
    this.#socket = socket;
    socket.on('close', (code, reason) => {
      closed({ code, reason });
      for (const queue of this.#pushes.values()) queue.complete();
    });
    return socket as unknown as WsSocket;
  }

  /** Hears everything on its way to the client beneath. */
  #listeningCodec(codec: WsClientCodec): WsClientCodec {
    return {
      protocol: codec.protocol,
      encode: (message) => codec.encode(message),
      decode: (data) => {
        const message = codec.decode(data);
        this.#receive(message);
        // A client that is told to go would connect anew; a test watches this connection end.
        return isGoaway(message) ? { op: 'pong' } : message;
      },
    };
  }

  #receive(message: unknown): void {
    this.#received.push(message);
    if (isPush(message)) this.#queueOf(message.type).next(message.data);
  }

  #queueOf(type: string): ItemQueue<unknown> {
    const existing = this.#pushes.get(type);
    if (existing !== undefined) return existing;
    const queue = new ItemQueue<unknown>(() => undefined);
    if (this.#socket?.readyState === 3) queue.complete();
    this.#pushes.set(type, queue);
    return queue;
  }
}

function isPush(message: unknown): message is { readonly type: string; readonly data?: unknown } {
  return typeof message === 'object' && message !== null && 'type' in message;
}

function isGoaway(message: unknown): boolean {
  return (
    typeof message === 'object' && message !== null && 'op' in message && message.op === 'goaway'
  );
}

function createDeferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
