import { isMessageId, MAX_ID_LENGTH, type MessageId } from './message-id.js';
import { readOwn } from './read-own.js';

const BAD_ID = `id must be an integer, or a string of at most ${MAX_ID_LENGTH} characters`;

/** What one decoded message asks for, with its members checked. */
export type ClientRequest =
  EventRequest | CallRequest | CreditRequest | CancelRequest | PingRequest | BadRequest;

/** The id in a request, if it has one. */
export function idOf(request: ClientRequest): MessageId | undefined {
  return 'id' in request ? request.id : undefined;
}

/** An event, `{type, data?}`. */
export interface EventRequest {
  readonly kind: 'event';
  readonly type: string;
  readonly data: unknown;
}

/** A call, `{type, id, data?, credit?}`. */
export interface CallRequest {
  readonly kind: 'call';
  readonly type: string;
  readonly id: MessageId;
  readonly data: unknown;
  /** `Infinity` where the client set no limit. */
  readonly credit: number;
}

/** More credit for a stream, `{op: 'credit', id, n}`. */
export interface CreditRequest {
  readonly kind: 'credit';
  readonly id: MessageId;
  readonly n: number;
}

/** The client wants nothing more of a call, `{op: 'cancel', id}`. */
export interface CancelRequest {
  readonly kind: 'cancel';
  readonly id: MessageId;
}

/** A heartbeat, `{op: 'ping'}`. */
export interface PingRequest {
  readonly kind: 'ping';
}

/** None of the above. Answered with `BAD_MESSAGE`, under the id if the message has a usable one. */
export interface BadRequest {
  readonly kind: 'bad';
  readonly id: MessageId | undefined;
  /** What is wrong. Holds nothing the client sent. */
  readonly problem: string;
}

/**
 * Reads a decoded value as a message of the client. Never throws; looks at own properties only, so
 * that nothing inherited can stand in for a member. Members it does not know are left alone: later
 * versions may add some.
 */
export function readClientMessage(value: unknown): ClientRequest {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return bad(undefined, 'a message is an object: {type, id?, data?}');
  }
  const type = readOwn(value, 'type');
  const op = readOwn(value, 'op');
  const id = readOwn(value, 'id');
  if (op !== undefined) return readOperation(value, op, id);
  if (typeof type !== 'string') return bad(id, 'type must be a string: {type, id?, data?}');
  const data = readOwn(value, 'data');
  if (id === undefined) return { kind: 'event', type, data };
  if (!isMessageId(id)) return bad(undefined, BAD_ID);
  const credit = readOwn(value, 'credit');
  if (credit === undefined) return { kind: 'call', type, id, data, credit: Infinity };
  if (!isCount(credit)) return bad(id, 'credit must be an integer of 0 or more');
  return { kind: 'call', type, id, data, credit };
}

function readOperation(message: object, op: unknown, id: unknown): ClientRequest {
  switch (op) {
    case 'credit':
      return readCredit(id, readOwn(message, 'n'));
    case 'cancel':
      return isMessageId(id) ? { kind: 'cancel', id } : bad(id, 'cancel needs the id of a call');
    case 'ping':
      return { kind: 'ping' };
    default:
      return bad(id, 'unknown op; expected credit, cancel or ping');
  }
}

function readCredit(id: unknown, n: unknown): ClientRequest {
  if (!isMessageId(id)) return bad(id, 'credit needs the id of a call');
  if (!isCount(n) || n === 0) return bad(id, 'n must be an integer of 1 or more');
  return { kind: 'credit', id, n };
}

function bad(id: unknown, problem: string): BadRequest {
  return { kind: 'bad', id: isMessageId(id) ? id : undefined, problem };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
