// A page whose TypeScript is not told of `using` has no Symbol.asyncDispose in its types.
/// <reference lib="esnext.disposable" preserve="true" />
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
import type { ServerMessage } from '../protocol/wsgate/server-message.js';
import { assertAtLeastOne } from './options/assert-at-least-one.js';
import { Dispatcher } from './calls/dispatcher.js';
import { RequestCall, type WsRequestOptions } from './calls/request-call.js';
import { StreamCall, type WsStreamOptions } from './calls/stream-call.js';
import { Connector, type ConnectorListener } from './connection/connector.js';
import type { Link } from './connection/link.js';
import { WsClientError } from './errors/ws-client-error.js';
import { WsRemoteError } from './errors/ws-remote-error.js';
import { omitUndefined } from './omit-undefined.js';
import { callSafely } from './errors/report-error.js';
import { Listeners } from './stream/listeners.js';
import { WsStream } from './stream/ws-stream.js';
import {
  type ResolvedClientOptions,
  resolveClientOptions,
  type WsClientOptions,
} from './options/ws-client-options.js';
import type { WsEnd } from './ws-end.js';
import type { WsStatus } from './ws-status.js';

/**
 * A client of a Wsgate server: calls, streams, events and pushes over one connection that is kept
 * open. Give it the contract both sides share, or none and everything is `unknown`.
 *
 * @example
 * await using client = new WsClient<ChatContract>('wss://chat.example.com/chat/lobby');
 * client.on('message.new', ({ from, text }) => show(from, text));
 * await client.request('message.send', { text: 'hello' });
 */
export class WsClient<C extends WsContract = UntypedContract> {
  readonly #options: ResolvedClientOptions;
  readonly #dispatcher: Dispatcher;
  readonly #connector: Connector;
  readonly #listeners = new Listeners();
  #status: WsStatus = { state: 'idle' };
  #pushLink: Link | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Connects, unless the option `lazy` says otherwise.
   *
   * Throws {@link InvalidUse} for a limit that would let nothing through; in Node also for an option
   * that does not exist, a value of another kind, and a URL that cannot be used.
   *
   * @param url `ws:`, `wss:`, `http:` or `https:`; in a browser also relative to the page
   */
  constructor(url: string | URL, options: WsClientOptions = {}) {
    this.#options = resolveClientOptions(options);
    this.#dispatcher = new Dispatcher(this.#options);
    this.#connector = new Connector(url, this.#options, this.#events());
    if (!options.lazy) this.#connector.start();
  }

  /** The status of the connection. The same object until it changes. */
  get status(): WsStatus {
    return this.#status;
  }

  /** Calls and streams that have no outcome yet. */
  get callsInFlight(): number {
    return this.#dispatcher.size;
  }

  /**
   * Resolves when the connection is open. Starts a client that is lazy or has given up; where it
   * waits for its next attempt, makes that at once. Rejects with {@link WsClientError} `CLOSED` when
   * the client gives up or is closed.
   */
  connect(): Promise<void> {
    this.#start();
    return new Promise((resolve, reject) => {
      const settle = (status: WsStatus): boolean => {
        if (this.#connector.isOpen) resolve();
        else if ('unsent' in status) reject(closedError(status.end));
        else return false;
        return true;
      };
      if (settle(this.#status)) return;
      const stop = this.onStatus((status) => {
        if (settle(status)) stop();
      });
    });
  }

  /**
   * Calls the server and resolves with its reply. While there is no connection the call waits.
   * Rejects with {@link WsRemoteError} for the server's error, with {@link WsClientError} for a lost
   * connection, a timeout, a full outbox or a closed client, with the signal's reason when aborted,
   * and with what the codec throws.
   */
  request<K extends CallType<C> & string>(
    type: K,
    ...[data, options = {}]: DataArguments<PayloadOf<C, K>, [options?: WsRequestOptions]>
  ): Promise<ReplyOf<C, K>> {
    this.#startFirst();
    const call = new RequestCall(this.#dispatcher, { type, data }, options);
    const reply = call.run(options.timeoutMs ?? this.#options.timeoutMs);
    return reply as Promise<ReplyOf<C, K>>;
  }

  /**
   * A stream the server sends no faster than it is read. Errors as {@link request}, when it is read;
   * throws {@link InvalidUse} for a `credit` below 1.
   */
  stream<K extends StreamType<C> & string>(
    type: K,
    ...[data, options = {}]: DataArguments<
      PayloadOf<C, K>,
      [options?: WsStreamOptions<ItemOf<C, K>, PayloadOf<C, K>>]
    >
  ): WsStream<ItemOf<C, K>> {
    const credit = options.credit ?? this.#options.credit;
    assertAtLeastOne('credit', credit);
    const full = { ...(options as WsStreamOptions<unknown>), credit };
    return new WsStream<ItemOf<C, K>>((sink) => {
      this.#startFirst();
      return new StreamCall(this.#dispatcher, { type, data }, full, sink).run();
    });
  }

  /**
   * Sends a message that is not answered; a call's type may be sent so too. Waits while there is no
   * connection, and is lost when the connection is lost before it got through. Throws
   * {@link WsClientError} when the outbox is full or the client closed.
   */
  send<K extends (EventType<C> | CallType<C>) & string>(
    type: K,
    ...[data]: DataArguments<PayloadOf<C, K>>
  ): void {
    this.#startFirst();
    this.#dispatcher.sendEvent(omitUndefined({ type, data }));
  }

  /** What the server pushes of this type: to read, or for the listener. Returns the way to stop. */
  on<K extends PushType<C> & string>(type: K): WsStream<PushOf<C, K>>;
  on<K extends PushType<C> & string>(type: K, listener: (data: PushOf<C, K>) => void): () => void;
  on<K extends PushType<C> & string>(
    type: K,
    listener?: (data: PushOf<C, K>) => void,
  ): WsStream<PushOf<C, K>> | (() => void) {
    return this.#listen(type, listener);
  }

  /** Every status from now on: to read, or for the listener. Returns the way to stop. */
  onStatus(): WsStream<WsStatus>;
  onStatus(listener: (status: WsStatus) => void): () => void;
  onStatus(listener?: (status: WsStatus) => void): WsStream<WsStatus> | (() => void) {
    return this.#listen(undefined, listener);
  }

  /**
   * Closes the client for ever: what is in flight rejects with `CLOSED`, streams of pushes and of
   * statuses complete. Resolves when the connection is closed. Rejects for a code or a reason that
   * the socket refuses: browsers take 1000 and 3000 to 4999, and 123 bytes of UTF-8.
   */
  close(code = 1000, reason = ''): Promise<void> {
    return (this.#closing ??= this.#close(code, reason));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(code: number, reason: string): Promise<void> {
    const closed = this.#connector.close(code, reason);
    const unsent = this.#dispatcher.close(closedError());
    this.#setStatus({ state: 'closed', unsent });
    this.#listeners.complete();
    await closed;
  }

  #start(): void {
    if (this.#closing) return;
    if (this.#status.state === 'stopped') this.#dispatcher.reopen();
    this.#connector.start();
  }

  #startFirst(): void {
    if (this.#status.state === 'idle') this.#start();
  }

  #events(): ConnectorListener {
    return {
      onStatus: (status) => this.#setStatus(status),
      onOpen: (link) => {
        this.#pushLink = link;
        this.#dispatcher.open(link);
      },
      onRetired: (link, afterMs) => this.#dispatcher.retire(link, afterMs),
      onEnd: (link, end) => this.#dispatcher.end(link, end),
      onMessage: (link, message, length) => this.#receive(link, message, length),
      onStopped: (end) => this.#giveUp(end),
    };
  }

  #receive(link: Link, message: ServerMessage, length: number): void {
    if ('type' in message) {
      // One on an old connection is ignored if there is a new one: the server sends it there, too.
      if (link === this.#pushLink) this.#listeners.notify(message.type, message.data, length);
    } else if (message.op === 'error' && message.id === undefined) {
      const error = new WsRemoteError(message.error);
      callSafely(() => this.#options.onError(error));
    } else if ('id' in message) this.#dispatcher.receive(link, message);
  }

  /** Listens to pushes of the type; without one, to statuses. */
  #listen<T>(type: string | undefined, listener?: (item: T) => void): WsStream<T> | (() => void) {
    const items = new WsStream<T>((sink) => this.#listeners.add(type, sink));
    if (!listener) return items;
    const subscription = items.subscribe(listener);
    return () => subscription.unsubscribe();
  }

  #giveUp(end: WsEnd): void {
    const unsent = this.#dispatcher.close(closedError(end));
    this.#setStatus({ state: 'stopped', end, unsent });
  }

  #setStatus(status: WsStatus): void {
    this.#status = status;
    if ('end' in status) this.#dispatcher.lastFailure = status.end;
    this.#listeners.notify(undefined, status, 0);
  }
}

function closedError(end?: WsEnd): WsClientError {
  return new WsClientError('CLOSED', end ? 'The client has given up' : 'The client is closed', end);
}
