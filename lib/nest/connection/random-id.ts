import { randomUUID } from 'node:crypto';

/**
 * A random UUID that is kept as long as a connection. Node concatenates one from its parts and
 * keeps it as a tree of 480 bytes; copied, it takes 56.
 */
export function randomId(): string {
  return Buffer.from(randomUUID(), 'latin1').toString('latin1');
}
