import { isMessageId, type MessageId } from './message-id.js';
import type { ServerMessage } from './server-message.js';

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads a decoded value as a message of the server: for clients. Returns undefined for anything
 * else, which a client ignores, so that later versions may add messages. Looks at own properties
 * only and never throws.
 */
export function readServerMessage(value: unknown): ServerMessage | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const message: Members = { __proto__: null, ...value };
  if (message['op'] !== undefined) return readOperation(message);
  const { type, data } = message;
  return typeof type === 'string' ? { type, data } : undefined;
}

function readOperation(message: Members): ServerMessage | undefined {
  switch (message['op']) {
    case 'goaway':
      return {
        op: 'goaway',
        afterMs: numberOrNothing(message['afterMs']),
        reason: typeof message['reason'] === 'string' ? message['reason'] : undefined,
      };
    case 'pong':
      return { op: 'pong' };
    case 'error':
      return readError(message);
    default:
      return isMessageId(message['id']) ? readOutcome(message, message['id']) : undefined;
  }
}

function readOutcome(message: Members, id: MessageId): ServerMessage | undefined {
  const { op, data } = message;
  const dropped = countOrNothing(message['dropped']);
  if (op === 'reply') return { op, id, data };
  if (op === 'next') return { op, id, data, dropped };
  if (op === 'complete') return { op, id, dropped };
  return undefined;
}

function readError(message: Members): ServerMessage | undefined {
  const { id, error } = message;
  if (id !== undefined && !isMessageId(id)) return undefined;
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, message: text, status, details }: Members = { __proto__: null, ...error };
  if (typeof code !== 'string' || typeof text !== 'string') return undefined;
  return {
    op: 'error',
    id,
    error: { code, message: text, status: numberOrNothing(status), details },
    dropped: countOrNothing(message['dropped']),
  };
}

/** Applications add these numbers up, so anything else is ignored. */
function countOrNothing(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined;
}

/** JSON can say 1e999, which would be a time that never ends. */
function numberOrNothing(value: unknown): number | undefined {
  return Number.isFinite(value) ? (value as number) : undefined;
}
