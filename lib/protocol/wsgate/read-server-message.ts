import { isMessageId, type MessageId } from './message-id.js';
import type { ServerMessage } from './server-message.js';

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads a decoded value as a message of the server: for clients. Returns undefined for anything
 * else. A client ignores that, so that later versions may add messages. Looks at own properties only
 * and never throws.
 */
export function readServerMessage(value: unknown): ServerMessage | undefined {
  const message = membersOf(value);
  const { op, type, data, id } = message;
  if (op === 'error') return readError(message);
  if (op === 'pong') return { op };
  if (op === 'goaway') {
    const { afterMs, reason } = message;
    return { op, afterMs: countOrNothing(afterMs), reason: textOrNothing(reason) };
  }
  if (op === undefined) return typeof type === 'string' ? { type, data } : undefined;
  return isMessageId(id) ? readOutcome(message, id) : undefined;
}

/** Its own properties; none, if it is not an object. */
function membersOf(value: unknown): Members {
  const isObject = typeof value === 'object' && !Array.isArray(value);
  return { __proto__: null, ...(isObject ? value : undefined) };
}

function readOutcome({ op, data, dropped }: Members, id: MessageId): ServerMessage | undefined {
  if (op === 'reply') return { op, id, data };
  if (op === 'next') return { op, id, data, dropped: countOrNothing(dropped) };
  if (op === 'complete') return { op, id, dropped: countOrNothing(dropped) };
  return undefined;
}

function readError(message: Members): ServerMessage | undefined {
  const { id, error, dropped } = message;
  const { code, message: text, status, details } = membersOf(error);
  if (id !== undefined && !isMessageId(id)) return undefined;
  if (typeof code !== 'string' || typeof text !== 'string') return undefined;
  return {
    op: 'error',
    id,
    error: { code, message: text, status: countOrNothing(status), details },
    dropped: countOrNothing(dropped),
  };
}

/** A number above 0. Applications add them up, and JSON can say 1e999, so anything else is ignored. */
function countOrNothing(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined;
}

function textOrNothing(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
