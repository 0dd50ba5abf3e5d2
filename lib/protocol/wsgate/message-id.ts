/**
 * Names a call among the connection's calls in flight: any string, or an integer that survives a
 * trip through JSON (`Number.isSafeInteger`). `1` and `'1'` are two ids.
 */
export type MessageId = string | number;

/** Can this value be the `id` of a call? */
export function isMessageId(value: unknown): value is MessageId {
  return typeof value === 'string' || Number.isSafeInteger(value);
}
