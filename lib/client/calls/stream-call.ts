import type { CallMessage, EventMessage } from '../../protocol/wsgate/client-message.js';
import { WsClientError } from '../errors/ws-client-error.js';
import { WsRemoteError } from '../errors/ws-remote-error.js';
import { callSafely } from '../errors/report-error.js';
import type { ItemSink, Source } from '../stream/source.js';
import { omitUndefined } from '../omit-undefined.js';
import { abortReason } from './abort-reason.js';
import type { Call, OutcomeMessage } from './call.js';
import type { Dispatcher } from './dispatcher.js';

/** Options of one stream. */
export interface WsStreamOptions<Item, Payload = unknown> {
  /**
   * `next` messages the server may be ahead of the reader, at least 1; `Infinity`: no limit.
   * Default: the client's option.
   */
  readonly credit?: number | undefined;
  /** Ends the stream with the signal's reason, and tells the server. */
  readonly signal?: AbortSignal | undefined;
  /**
   * After the connection was lost, asks for the stream again with what this returns: the payload
   * that goes on after `lastItem` (undefined: nothing has arrived). Without it the stream fails
   * with `CONNECTION_LOST`.
   */
  readonly resume?: ((lastItem: Item | undefined) => Payload) | undefined;
  /** Told when the server dropped items because they were not read in time. */
  readonly onDropped?: ((count: number) => void) | undefined;
}

type CreditedOptions = WsStreamOptions<unknown> & { readonly credit: number };

/** A call that is answered by a stream, and the credit that keeps the server at the reader's pace. */
export class StreamCall implements Call, Source {
  readonly isStream = true;
  readonly isRepeatable: boolean;
  readonly #dispatcher: Dispatcher;
  readonly #message: EventMessage;
  readonly #options: CreditedOptions;
  readonly #sink: ItemSink<unknown>;
  #id = 0;
  #hasStarted = false;
  #lastItem: unknown;
  /** Items the server may still send. */
  #granted: number;
  /** Items that were taken and are not yet replaced by credit. */
  #owed = 0;

  constructor(
    dispatcher: Dispatcher,
    message: EventMessage,
    options: CreditedOptions,
    sink: ItemSink<unknown>,
  ) {
    this.#dispatcher = dispatcher;
    this.#message = message;
    this.#options = options;
    this.#granted = options.credit;
    this.#sink = sink;
    this.isRepeatable = options.resume !== undefined;
  }

  /** Starts it; what cannot be started fails at once. */
  run(): this {
    const { signal } = this.#options;
    try {
      if (signal?.aborted) throw abortReason(signal);
      signal?.addEventListener('abort', this.#onAbort);
      this.#id = this.#dispatcher.start(this);
    } catch (error) {
      this.fail(error);
    }
    return this;
  }

  message(id: number): CallMessage {
    const { resume } = this.#options;
    const data = this.#hasStarted && resume ? resume(this.#lastItem) : this.#message.data;
    this.#hasStarted = true;
    this.#grant();
    const credit = this.#granted === Infinity ? undefined : this.#granted;
    return omitUndefined({ ...this.#message, id, data, credit });
  }

  receive(message: OutcomeMessage): void {
    if (message.op === 'next' && this.#granted < 1) return this.#refuseItem();
    if (message.op !== 'reply') this.#noteDropped(message.dropped);
    if (message.op === 'error') {
      return this.fail(new WsRemoteError(message.error, this.#message.type));
    }
    if (message.op !== 'complete') this.#receiveItem(message.data);
    if (message.op !== 'next') this.#complete();
  }

  fail(error: unknown): void {
    this.#release();
    this.#sink.error(error);
  }

  /**
   * Once half of the credit has been taken, the server gets credit for as many items again.
   */
  took(): void {
    if (++this.#owed < this.#options.credit / 2) return;
    this.#dispatcher.addCredit(this.#id, this.#owed);
    this.#grant();
  }

  stop(): void {
    this.#release();
    this.#dispatcher.cancel(this.#id);
  }

  #grant(): void {
    this.#granted += this.#owed;
    this.#owed = 0;
  }

  /**
   * An item without credit is refused: if such items were kept, the server could fill the client's
   * memory.
   */
  #refuseItem(): void {
    const message = `${this.#message.type}: more items than credit`;
    this.stop();
    this.#sink.error(new WsClientError('TOO_MANY_ITEMS', message));
  }

  #noteDropped(count: number | undefined): void {
    if (count) callSafely(() => this.#options.onDropped?.(count));
  }

  #receiveItem(item: unknown): void {
    this.#lastItem = item;
    this.#granted--;
    this.#sink.next(item);
  }

  /** The stream has ended. A reply is a stream of one item. */
  #complete(): void {
    this.#release();
    this.#sink.complete();
  }

  readonly #onAbort = (): void => {
    this.stop();
    this.#sink.error(abortReason(this.#options.signal));
  };

  #release(): void {
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
  }
}
