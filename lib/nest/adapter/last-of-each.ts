import type { WsMessageHandler } from '@nestjs/common';

/** Of handlers of one gateway for the same message the last counts, as in Nest's own adapters. */
export function lastOfEach(
  handlers: readonly WsMessageHandler[],
): ReadonlyMap<string, WsMessageHandler> {
  return new Map(handlers.map((handler) => [handler.message, handler]));
}
