import type { CallMessage, EventMessage } from '../../protocol/wsgate/client-message.js';
import { Alarm } from '../connection/alarm.js';
import { WsClientError } from '../errors/ws-client-error.js';
import { WsRemoteError } from '../errors/ws-remote-error.js';
import { omitUndefined } from '../omit-undefined.js';
import { abortReason } from './abort-reason.js';
import type { Call, OutcomeMessage } from './call.js';
import type { Dispatcher } from './dispatcher.js';

/** Options of one call. */
export interface WsRequestOptions {
  /** Gives the call up: the promise rejects with the signal's reason, and the server is told. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the call fails with `TIMEOUT`; 0: no limit. Default: the client's option. */
  readonly timeoutMs?: number | undefined;
  /** Send again when the connection is lost. Only for what may safely happen twice. Default false. */
  readonly retry?: boolean | undefined;
}

/** A call that is answered once. */
export class RequestCall implements Call {
  readonly isStream = false;
  readonly isRepeatable: boolean;
  readonly #message: EventMessage;
  readonly #options: WsRequestOptions;
  readonly #dispatcher: Dispatcher;
  readonly #alarm = new Alarm();
  #id = 0;
  #resolve!: (reply: unknown) => void;
  #reject!: (error: unknown) => void;

  constructor(dispatcher: Dispatcher, message: EventMessage, options: WsRequestOptions) {
    this.#dispatcher = dispatcher;
    this.#message = message;
    this.#options = options;
    this.isRepeatable = options.retry === true;
  }

  /** Starts it. Rejects with {@link WsRemoteError}, {@link WsClientError} or the signal's reason. */
  run(timeoutMs: number): Promise<unknown> {
    const { signal } = this.#options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) throw abortReason(signal);
      this.#resolve = resolve;
      this.#reject = reject;
      signal?.addEventListener('abort', this.#onAbort);
      if (timeoutMs !== 0) this.#alarm.set(timeoutMs, () => this.#timeOut(timeoutMs));
      try {
        this.#id = this.#dispatcher.start(this);
      } catch (error) {
        this.fail(error);
      }
    });
  }

  message(id: number): CallMessage {
    return omitUndefined({ ...this.#message, id });
  }

  receive(message: OutcomeMessage): void {
    if (message.op === 'reply') {
      this.#release();
      this.#resolve(message.data);
    } else if (message.op === 'error') {
      this.fail(new WsRemoteError(message.error, this.#message.type));
    } else {
      this.#giveUp(
        new WsClientError('NOT_A_REPLY', `${this.#message.type} is a stream: use stream()`),
      );
    }
  }

  fail(error: unknown): void {
    this.#release();
    this.#reject(error);
  }

  readonly #onAbort = (): void => this.#giveUp(abortReason(this.#options.signal));

  #timeOut(timeoutMs: number): void {
    const end = this.#dispatcher.lastFailure;
    const why = end ? ', not connected' : '';
    const message = `${this.#message.type}: no answer within ${timeoutMs} ms${why}`;
    this.#giveUp(new WsClientError('TIMEOUT', message, end));
  }

  #giveUp(error: unknown): void {
    this.#dispatcher.cancel(this.#id);
    this.fail(error);
  }

  #release(): void {
    this.#alarm.clear();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
  }
}
