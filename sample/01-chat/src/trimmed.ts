import type { TransformFnParams } from 'class-transformer';

/** For `@Transform`: a text without the blanks around it, anything else as it is. */
export function trimmed({ value }: TransformFnParams): unknown {
  return typeof value === 'string' ? value.trim() : value;
}
