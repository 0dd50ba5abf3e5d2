import { canDriveZlib, DrivenZlib } from './driven-zlib.js';
import { PublicZlib } from './public-zlib.js';
import type { ZlibContexts } from './zlib-context.js';

/**
 * The faster way to drive zlib if Node's internals are as it expects them; the public one
 * otherwise, or if `usesInternals` is false.
 */
export function chooseZlib(usesInternals: boolean = true): ZlibContexts {
  return usesInternals && canDriveZlib() ? new DrivenZlib() : new PublicZlib();
}
