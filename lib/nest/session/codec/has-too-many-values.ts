/** The problem with a message that has too many values. */
export function describeTooManyValues(maxValues: number): string {
  return `the message holds more than ${maxValues} values`;
}

/**
 * Whether a decoded message has more than `maxValues` values: validating those could take too long.
 * `size` is its length on the wire, where each value takes at least a byte. So most messages are
 * too short to have too many, and are not searched.
 */
export function hasTooManyValues(message: unknown, size: number, maxValues: number): boolean {
  return maxValues > 0 && size > maxValues && hasMoreValues(message, maxValues);
}

/**
 * Counts members and items at every depth, but stops at the limit: so refusing a message costs no
 * more than accepting one.
 */
function hasMoreValues(message: unknown, limit: number): boolean {
  const open: object[] = [];
  addContainer(open, message);
  let count = 0;
  for (let container = open.pop(); container !== undefined; container = open.pop()) {
    const values: readonly unknown[] = Array.isArray(container)
      ? container
      : Object.values(container);
    count += values.length;
    if (count > limit) return true;
    for (const value of values) addContainer(open, value);
  }
  return false;
}

/** A buffer is one value, however long it is. */
function addContainer(open: object[], value: unknown): void {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) open.push(value);
}
