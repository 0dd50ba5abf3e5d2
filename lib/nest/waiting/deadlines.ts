import { Deadline } from '../../socket/deadline.js';

// What 0 milliseconds mean depends on what the time is for. `withDeadline` limits what somebody has
// to do: 0 is no limit. `within` limits how long something is waited for: 0 is not at all.

/**
 * Waits for a promise, but not longer than this.
 *
 * @param milliseconds 0 for no deadline.
 * @param createError makes what it rejects with when the time is up.
 */
export async function withDeadline<T>(
  milliseconds: number,
  promise: Promise<T>,
  createError: () => Error,
): Promise<T> {
  if (milliseconds > 0 && !(await within(milliseconds, promise))) throw createError();
  return promise;
}

/**
 * Waits for a promise, but not longer than this.
 *
 * @param milliseconds 0 for not at all: only a promise that is fulfilled already is in time.
 * @returns whether it was fulfilled in time; rejects as it does.
 */
export async function within(milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  let deadline: Deadline | undefined;
  const late = new Promise<boolean>((resolve) => {
    deadline = new Deadline(milliseconds, () => resolve(false));
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    deadline?.clear();
  }
}
