/** What a client is told whose message would keep pipes busy for too long. */
export function describeTooMuch(maxValues: number): string {
  return `the message holds more than ${maxValues} values`;
}

/**
 * Whether a decoded message holds more than `maxValues`. `size` is what it took on the wire, where
 * a value is a byte at the least: most messages need not be looked through.
 */
export function holdsTooMuch(message: unknown, size: number, maxValues: number): boolean {
  return maxValues > 0 && size > maxValues && hasMoreValues(message, maxValues);
}

/** Counts members and items at every depth, and no further than the limit: what is too much costs no more to refuse than what is not to let through. */
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

/** Bytes are one value, however many there are. */
function addContainer(open: object[], value: unknown): void {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) open.push(value);
}
