import { AsyncResource } from 'node:async_hooks';

type Listener = Parameters<AbortSignal['addEventListener']>[1];
type Wrapped = (event: Event) => void;

/**
 * An AbortController with listeners that cannot end the process: Node turns what a listener of an
 * EventTarget throws (or rejects with) into an uncaught exception, and here a client's `cancel`
 * fires it. Listeners put on this signal are guarded; a signal derived from it is not. They run in
 * the async context in which the controller was made, whoever aborts.
 *
 * @param report is told what a listener threw
 */
export function createSafeAbortController(report: (error: unknown) => void): AbortController {
  const controller = new AbortController();
  const { signal } = controller;
  const scope = new AsyncResource('WsgateAbort');
  const abort = controller.abort.bind(controller);
  controller.abort = (reason) => scope.runInAsyncScope(() => abort(reason));
  const wrappers = new WeakMap<object, Wrapped>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);

  signal.addEventListener = (type: string, listener: Listener, options?: unknown): void => {
    if (listener === null) return;
    const known = wrappers.get(listener);
    const wrapped = known ?? ((event: Event) => runListener(signal, listener, event, report));
    wrappers.set(listener, wrapped);
    add(type, wrapped, options as boolean);
  };
  signal.removeEventListener = (type: string, listener: Listener, options?: unknown): void => {
    if (listener === null) return;
    remove(type, wrappers.get(listener) ?? listener, options as boolean);
  };
  guardOnAbort(signal);
  return controller;
}

function runListener(
  signal: AbortSignal,
  listener: NonNullable<Listener>,
  event: Event,
  report: (error: unknown) => void,
): void {
  try {
    const result: unknown =
      typeof listener === 'function' ? listener.call(signal, event) : listener.handleEvent(event);
    if (result instanceof Promise) result.catch(report);
  } catch (error) {
    report(error);
  }
}

/** `signal.onabort = ...` is a listener like any other. */
function guardOnAbort(signal: AbortSignal): void {
  let handler: AbortSignal['onabort'] = null;
  const listener = (event: Event): unknown => handler?.call(signal, event);
  Object.defineProperty(signal, 'onabort', {
    configurable: true,
    enumerable: true,
    get: () => handler,
    set: (value: unknown) => {
      handler = typeof value === 'function' ? (value as AbortSignal['onabort']) : null;
      signal.removeEventListener('abort', listener);
      if (handler !== null) signal.addEventListener('abort', listener);
    },
  });
}
