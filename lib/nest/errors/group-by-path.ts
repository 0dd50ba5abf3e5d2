import type { FieldError } from '../../protocol/wsgate/field-error.js';

/** How many fields one error names; a client can make every element of a big array wrong. */
const MAX_FIELD_ERRORS = 100;

/** Gathers messages by path, in the order they came, up to {@link MAX_FIELD_ERRORS} fields. */
export function groupByPath(
  entries: Iterable<readonly [path: string, message: string]>,
): readonly FieldError[] {
  const byPath = new Map<string, string[]>();
  for (const [path, message] of entries) {
    const messages = byPath.get(path);
    if (messages) messages.push(message);
    else if (byPath.size < MAX_FIELD_ERRORS) byPath.set(path, [message]);
    else break;
  }
  return Array.from(byPath, ([path, messages]) => ({ path, messages }));
}
