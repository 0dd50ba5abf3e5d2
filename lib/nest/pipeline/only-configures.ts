import type { PipeTransform, Type } from '@nestjs/common';

/**
 * Whether a pipe of a known class, or of one that extends it, only configures it. One with methods
 * of its own may do something else, and may have private state, which an object that inherits from
 * it cannot access.
 */
export function onlyConfigures(pipe: PipeTransform, known: Type<PipeTransform>): boolean {
  let prototype: object = Object.getPrototypeOf(pipe) as object;
  while (prototype !== known.prototype) {
    if (Object.getOwnPropertyNames(prototype).length > 1) return false;
    prototype = Object.getPrototypeOf(prototype) as object;
  }
  return true;
}
