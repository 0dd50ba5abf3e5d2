/** Nest's `WsResponse`. */
export interface EventResponse {
  readonly event: string;
  readonly data?: unknown;
}

/** Is this a `WsResponse`: an event's name, its data, and nothing else? */
export function isEventResponse(value: unknown): value is EventResponse {
  if (typeof value !== 'object' || value === null) return false;
  if (typeof (value as Partial<EventResponse>).event !== 'string') return false;
  return Object.keys(value).every((name) => name === 'event' || name === 'data');
}

/**
 * The reply to a call: the data of a `WsResponse`, since the call's id already tells what is
 * answered; otherwise the value.
 */
export function unwrapResponse(value: unknown): unknown {
  return isEventResponse(value) ? value.data : value;
}
