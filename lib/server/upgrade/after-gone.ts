import type { Duplex } from 'node:stream';
import { Deadline } from '../../socket/deadline.js';

/** Milliseconds between the end of a client and the end of what is done for it. */
const GRACE = 10_000;

/**
 * Calls back a while after a client has gone, so that what never comes to an end is not counted for
 * ever where it has no deadline. Not at once: clients that go away, again and again, would have more
 * at work than is counted.
 *
 * @returns how to cancel it
 */
export function afterGone(client: Duplex, onGone: () => void): () => void {
  let deadline: Deadline | undefined;
  const begin = (): void => void (deadline ??= new Deadline(GRACE, onGone));
  // Node's HTTP server leaves its own side open when a client has ended the other.
  client.on('end', begin);
  client.on('close', begin);
  return () => {
    deadline?.clear();
    client.off('end', begin);
    client.off('close', begin);
  };
}
