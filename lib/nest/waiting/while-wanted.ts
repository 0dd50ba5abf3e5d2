import type { Duplex } from 'node:stream';
import { afterGone } from '../../server/upgrade/after-gone.js';

/**
 * Waits for what is decided about a client, but not much longer than the client does.
 *
 * @returns undefined if nobody waits for it any more
 */
export async function whileWanted<T>(decision: Promise<T>, client: Duplex): Promise<T | undefined> {
  let cancel = (): void => undefined;
  const isUnwanted = new Promise<undefined>((resolve) => {
    cancel = afterGone(client, () => resolve(undefined));
  });
  try {
    return await Promise.race([decision, isUnwanted]);
  } finally {
    cancel();
  }
}
