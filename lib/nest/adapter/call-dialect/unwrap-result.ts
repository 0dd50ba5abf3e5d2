import { isAsyncIterable } from '../../source/is-async-iterable.js';
import { isIterator, takeEach } from '../../source/is-iterator.js';
import { destroySource } from '../../source/destroy-source.js';
import { ignoreStreamErrors } from '../../source/ignore-stream-errors.js';
import { isLastStep } from '../../source/is-last-step.js';
import { unwrapResponse } from './event-response.js';

/**
 * What a handler gave as a call is answered with it: the data of a `WsResponse`, and so the items of
 * a generator or another source that is pulled. Anything else is as it was.
 */
export function unwrapResult(result: unknown): unknown {
  if (isAsyncIterable(result)) return new UnwrappedItems(result);
  if (isIterator(result)) return new UnwrappedItems(takeEach(result));
  return unwrapResponse(result);
}

/** The items of a source, unwrapped; it is pulled, left and destroyed as the source is. */
class UnwrappedItems implements AsyncIterable<unknown> {
  readonly #source: AsyncIterable<unknown>;

  constructor(source: AsyncIterable<unknown>) {
    this.#source = source;
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    ignoreStreamErrors(this.#source);
    const items = this.#source[Symbol.asyncIterator]();
    return {
      next: async () => {
        const step = await items.next();
        return isLastStep(step) ? step : { done: false, value: unwrapResponse(step.value) };
      },
      return: async () => (await items.return?.()) ?? { done: true, value: undefined },
    };
  }

  destroy(): void {
    destroySource(this.#source);
  }
}
