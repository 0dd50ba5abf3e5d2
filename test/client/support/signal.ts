/** Something a test waits for, and what it tells. */
export interface Signal<T = void> {
  readonly promise: Promise<T>;
  readonly fire: (value: T) => void;
}

/** A signal nobody has given yet. */
export function createSignal<T = void>(): Signal<T> {
  let fire!: (value: T) => void;
  const promise = new Promise<T>((resolve) => (fire = resolve));
  return { promise, fire };
}

/** Resolves when the signal aborts. */
export function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
