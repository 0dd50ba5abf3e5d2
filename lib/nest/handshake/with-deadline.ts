import { Deadline } from '../../socket/deadline.js';

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
  if (milliseconds === 0) return promise;
  let deadline: Deadline | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    deadline = new Deadline(milliseconds, () => reject(createError()));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    deadline?.clear();
  }
}
