/**
 * Names a call among the connection's calls in flight: a string of at most
 * {@link MAX_ID_LENGTH}, or an integer that survives a trip through JSON (`Number.isSafeInteger`).
 * `1` and `'1'` are two ids.
 */
export type MessageId = string | number;

/**
 * The longest id, in UTF-16 units. An id is kept as long as its call is in flight, and repeated
 * with every item of a stream: without a bound, 17 bytes of credit could ask for a MiB each.
 */
export const MAX_ID_LENGTH = 256;

/** Can this value be the `id` of a call? */
export function isMessageId(value: unknown): value is MessageId {
  return typeof value === 'string' ? value.length <= MAX_ID_LENGTH : Number.isSafeInteger(value);
}
