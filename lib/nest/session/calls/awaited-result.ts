import type { Call } from './call.js';
import type { ConnectionReporter } from '../../errors/connection-reporter.js';
import { discardResult } from '../stream/discard-result.js';

/** Is told how a promise has settled. */
export interface ResultReceiver {
  onResult(call: Call, result: unknown): void;
  onException(call: Call, exception: unknown): void;
}

/**
 * The listener on the promise of a handler. A promise that never settles keeps its listener for
 * ever, so the listener can forget the call, and with it the connection.
 */
export class AwaitedResult {
  #call: Call | undefined;
  #receiver: ResultReceiver | undefined;
  readonly #reporter: ConnectionReporter;
  readonly #label: string;

  constructor(call: Call, receiver: ResultReceiver, reporter: ConnectionReporter) {
    this.#call = call;
    this.#receiver = receiver;
    this.#reporter = reporter;
    this.#label = call.handler.label;
  }

  /** Waits for this promise. */
  listen(promise: PromiseLike<unknown>): void {
    Promise.resolve(promise).then(
      (result) => this.#onResult(result),
      (exception: unknown) => this.#onException(exception),
    );
  }

  /** Nobody waits for the promise any more: drops the references to the call. */
  forgetCall(): void {
    this.#call = undefined;
    this.#receiver = undefined;
  }

  #onResult(result: unknown): void {
    if (this.#call === undefined) discardResult(result, this.#label, this.#reporter);
    else this.#receiver?.onResult(this.#call, result);
  }

  #onException(exception: unknown): void {
    if (this.#call !== undefined) this.#receiver?.onException(this.#call, exception);
  }
}
