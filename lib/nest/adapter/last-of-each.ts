import type { WsMessageHandler } from '@nestjs/common';

/**
 * If a gateway has several handlers for a message, the last one counts, as in Nest's own adapters.
 */
export function lastOfEach(
  handlers: readonly WsMessageHandler[],
): ReadonlyMap<string, WsMessageHandler> {
  return new Map(handlers.map((handler) => [handler.message, handler]));
}
