/**
 * As `instanceof`, for values that applications throw: a proxy that throws on access is an instance
 * of nothing.
 */
export function isInstance<T>(
  value: unknown,
  type: abstract new (...parameters: never[]) => T,
): value is T {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}
