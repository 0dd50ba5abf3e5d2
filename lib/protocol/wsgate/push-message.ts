import type { PushMessage } from './server-message.js';

/** The message of a push: without `data` where there is none. */
export function pushMessage(type: string, data: unknown): PushMessage {
  return data === undefined ? { type } : { type, data };
}
