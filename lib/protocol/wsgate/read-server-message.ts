import { isMessageId } from './message-id.js';
import type { ServerMessage } from './server-message.js';
import type { WireError } from './wire-error.js';

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads a decoded value as a message of the server: for clients. Returns undefined for anything
 * else. A client ignores that, so that later versions may add messages. Looks at own properties only
 * and never throws.
 */
export function readServerMessage(value: unknown): ServerMessage | undefined {
  const { op, type, data, id, error, afterMs, reason, dropped } = membersOf(value);
  if (op === undefined) return typeof type === 'string' ? { type, data } : undefined;
  if (op === 'pong') return { op };
  if (op === 'goaway') {
    return { op, afterMs: countOrNothing(afterMs), reason: textOrNothing(reason) };
  }
  const missing = { dropped: countOrNothing(dropped) };
  if (op === 'error' && (id === undefined || isMessageId(id))) {
    const wireError = readError(error);
    return wireError && { op, id, error: wireError, ...missing };
  }
  if (!isMessageId(id)) return undefined;
  if (op === 'reply') return { op, id, data };
  if (op === 'next') return { op, id, data, ...missing };
  if (op === 'complete') return { op, id, ...missing };
  return undefined;
}

/** Its own properties; none, if it is not an object. */
function membersOf(value: unknown): Members {
  const isObject = typeof value === 'object' && !Array.isArray(value);
  return { __proto__: null, ...(isObject ? value : undefined) };
}

function readError(value: unknown): WireError | undefined {
  const { code, message, status, details } = membersOf(value);
  if (typeof code !== 'string' || typeof message !== 'string') return undefined;
  return { code, message, status: countOrNothing(status), details };
}

/** A number above 0. Applications add them up, and JSON can say 1e999, so anything else is ignored. */
function countOrNothing(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined;
}

function textOrNothing(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
