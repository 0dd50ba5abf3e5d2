import { canDriveZlib, DrivenZlib } from './driven-zlib.js';
import { PublicZlib } from './public-zlib.js';
import type { ZlibContexts } from './zlib-context.js';

/** The faster way of driving zlib where Node's internals allow it, the public one elsewhere or where `usesInternals` is false. */
export function chooseZlib(usesInternals: boolean = true): ZlibContexts {
  return usesInternals && canDriveZlib() ? new DrivenZlib() : new PublicZlib();
}
