import type { WsMessageHandler } from '@nestjs/common';
import { concatMap, from, isObservable, map, Observable, of } from 'rxjs';
import { isAsyncIterable } from '../../source/is-async-iterable.js';
import type { CallContext, CompiledHandler } from '../../pipeline/compiled-handler.js';
import { isObservableLike } from '../../source/is-observable-like.js';
import { STREAM_DEFAULTS } from '../../options/stream-options.js';
import type { CallFailures } from './call-failures.js';
import { toExceptionData } from '../event-dialect/exception-event.js';
import { readFailure } from './read-failure.js';
import { oneValueOrStream } from '../one-value-or-stream.js';
import { isEventResponse } from './event-response.js';
import { unwrapResult } from './unwrap-result.js';

/** Pushes an event to the client. */
type Push = (type: string, data: unknown) => void;

/**
 * The `@SubscribeMessage` methods of one event as a session of `wsgate.v1` calls them. Where several
 * gateways of a path subscribe to it, all run, and the first one's outcome is the call's.
 */
export class BridgedHandler implements CompiledHandler {
  readonly order = 'concurrent';
  readonly stream = STREAM_DEFAULTS;
  readonly timeout = 0;
  /** Nest does not say whether it is. */
  readonly isEnhanced = true;
  readonly type: string;
  readonly label: string;
  readonly #failures: CallFailures;
  readonly #push: Push;
  readonly #handlers: WsMessageHandler[] = [];

  constructor(type: string, failures: CallFailures, push: Push) {
    this.type = type;
    this.label = `@SubscribeMessage('${type}')`;
    this.#failures = failures;
    this.#push = push;
  }

  /** One more gateway subscribes. */
  add(handler: WsMessageHandler): void {
    this.#handlers.push(handler);
  }

  async invoke(_connection: unknown, payload: unknown, call: CallContext): Promise<unknown> {
    const [first, ...others] = this.#handlers.map((handler) => this.#call(handler, payload, call));
    for (const other of others) other.catch(() => undefined);
    return first;
  }

  /** Nest's filters have run already, except for what was thrown after them. */
  handleException(exception: unknown): { readonly error: unknown } {
    const isNests = exception instanceof Error && 'getError' in exception;
    return { error: isNests ? readFailure(toExceptionData(exception)) : exception };
  }

  async #call(handler: WsMessageHandler, payload: unknown, call: CallContext): Promise<unknown> {
    let acknowledge: (value: unknown) => void = () => undefined;
    const acknowledged = new Promise<unknown>((resolve) => (acknowledge = resolve));
    const given = await this.#failures.run(() =>
      handler.callback(payload, handler.message, acknowledge),
    );
    const result = isObservableLike(given)
      ? await oneValueOrStream(this.#watch(from(given)), call)
      : given;
    if (isObservable(result)) return unwrapEach(result);
    if (!handler.isAckHandledManually) return unwrapResult(result);
    if (isEventResponse(result)) this.#push(result.event, result.data);
    // The handler has settled, but may never acknowledge. An event does not wait for that, nor does
    // a call that was aborted.
    if (call.id === undefined || call.signal.aborted) return undefined;
    call.signal.addEventListener('abort', acknowledge, { once: true });
    return acknowledged;
  }

  /** The same values; an `exception` event sent by the filters as it ends is its error. */
  #watch(source: Observable<unknown>): Observable<unknown> {
    return new Observable((subscriber) =>
      source.subscribe({
        next: (item) => subscriber.next(item),
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          const failure = this.#failures.claim();
          if (failure === undefined) subscriber.complete();
          else subscriber.error(failure);
        },
      }),
    );
  }
}

function unwrapEach(results: Observable<unknown>): Observable<unknown> {
  return results.pipe(
    map(unwrapResult),
    concatMap((item) => (isAsyncIterable(item) ? from(item) : of(item))),
  );
}
