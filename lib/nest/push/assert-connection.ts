import { inspect } from 'node:util';
import { InvalidUse } from '../../protocol/errors.js';

/** @throws InvalidUse for what cannot be a connection: its id, a user's name, nothing at all. */
export function assertConnection(connection: unknown): void {
  if (typeof connection === 'object' && connection !== null) return;
  throw new InvalidUse(`except: ${inspect(connection)} given; expected connections`);
}
