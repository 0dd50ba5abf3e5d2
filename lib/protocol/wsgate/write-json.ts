import type { MessageId } from './message-id.js';
import type { NextMessage, ReplyMessage, ServerMessage } from './server-message.js';

/**
 * Writes a message of the server as JSON. Throws what `JSON.stringify` throws (a cycle, a bigint).
 *
 * The two most frequent messages are assembled by hand around `JSON.stringify(data)`: 0.16 us
 * instead of 0.30 us for small data, and never slower (Node 20, 128 B: 0.62 instead of 0.67).
 */
export function writeJson(message: ServerMessage): string {
  if ('op' in message) {
    if (message.op === 'reply') return writeReply(message);
    if (message.op === 'next') return writeNext(message);
  }
  return JSON.stringify(message);
}

function writeReply({ id, data }: ReplyMessage): string {
  const json = stringify(data);
  if (json === undefined) return `{"op":"reply","id":${writeId(id)}}`;
  return `{"op":"reply","id":${writeId(id)},"data":${json}}`;
}

function writeNext({ id, data, dropped }: NextMessage): string {
  // An item always has data on the wire: as in a JSON array, undefined becomes null.
  const json = stringify(data) ?? 'null';
  const gap = dropped === undefined ? '' : `,"dropped":${dropped}`;
  return `{"op":"next","id":${writeId(id)},"data":${json}${gap}}`;
}

function writeId(id: MessageId): string {
  return typeof id === 'number' ? `${id}` : JSON.stringify(id);
}

/**
 * `JSON.stringify` with its actual return type: undefined for values without a JSON form
 * (undefined, a function).
 */
function stringify(value: unknown): string | undefined {
  return JSON.stringify(value);
}
