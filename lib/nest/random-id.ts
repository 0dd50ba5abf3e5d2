import { randomUUID } from 'node:crypto';

/**
 * A random UUID, for as long as a connection lives. Node puts one together from its bytes and keeps
 * it as the tree of its parts, 480 bytes; copied once, it is 56.
 */
export function randomId(): string {
  return Buffer.from(randomUUID(), 'latin1').toString('latin1');
}
