import { hasTooManyValues } from '../../session/codec/has-too-many-values.js';
import { headOfLargeJson } from '../../session/codec/head-of-large-json.js';
import type { EventMessageParser } from '../adapter-options.js';

/** `event` and `data` themselves. */
const ENVELOPE_VALUES = 2;

/** What a client says in the dialect of Nest's gateways: `{event, data}`. */
export interface EventEnvelope {
  readonly event: unknown;
  readonly data: unknown;
}

/**
 * A message, `undefined` for one to drop, `bad` for one that nobody can read, `too-much`
 * for one that nobody should.
 */
export type ReadEvent = EventEnvelope | undefined | 'bad' | 'too-much';

/**
 * Reads `{event, data}` in JSON, in text or binary frames. Never throws. Other members are left
 * alone, and any JSON value may be an event's name, as `@SubscribeMessage` takes any.
 *
 * @param maxValues members and items the message may hold besides the two; 0: no limit.
 */
export function readEventMessage(data: string | Buffer, maxValues = 0): ReadEvent {
  try {
    const text = data.toString();
    const limit = maxValues > 0 ? maxValues + ENVELOPE_VALUES : 0;
    if (headOfLargeJson(text, limit) !== undefined) return 'too-much';
    return toEvent(JSON.parse(text));
  } catch {
    return 'bad';
  }
}

/** Reads with the application's parser; `onError` gets what it throws. */
export function readWithParser(
  data: string | Buffer,
  parse: EventMessageParser,
  maxValues: number,
  onError: (error: unknown) => void,
): ReadEvent {
  try {
    const message = parse(data);
    if (!message) return undefined;
    if (hasTooManyValues(message.data, data.length, maxValues)) return 'too-much';
    return { event: message.event, data: message.data };
  } catch (error) {
    onError(error);
    return 'bad';
  }
}

function toEvent(value: unknown): ReadEvent {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'event')) return 'bad';
  const { event, data } = value as EventEnvelope;
  return { event, data };
}
