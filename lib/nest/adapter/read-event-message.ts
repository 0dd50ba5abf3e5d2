/** What a client says in the dialect of Nest's gateways: `{event, data}`. */
export interface EventMessage {
  readonly event: unknown;
  readonly data: unknown;
}

/** Reads a message of a client. What it throws is logged; returning nothing drops the message. */
export type EventMessageParser = (
  data: string | Buffer,
) => { event: unknown; data?: unknown } | null | undefined | void;

/** A message, `undefined` for one to drop, or `bad` for one that nobody can read. */
export type ReadEvent = EventMessage | undefined | 'bad';

/**
 * Reads `{event, data}` in JSON, in text or binary frames. Never throws. Other members are left
 * alone, and any JSON value may be an event's name, as `@SubscribeMessage` takes any.
 */
export function readEventMessage(data: string | Buffer): ReadEvent {
  try {
    return toEvent(JSON.parse(data.toString()));
  } catch {
    return 'bad';
  }
}

/** Reads with a parser of the application's own, whose mistakes are its own: `onError` gets them. */
export function readWithParser(
  data: string | Buffer,
  parse: EventMessageParser,
  onError: (error: unknown) => void,
): ReadEvent {
  try {
    const message = parse(data);
    return message ? { event: message.event, data: message.data } : undefined;
  } catch (error) {
    onError(error);
    return 'bad';
  }
}

function toEvent(value: unknown): ReadEvent {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'event')) return 'bad';
  const { event, data } = value as EventMessage;
  return { event, data };
}
