import { WsClientError } from '../errors/ws-client-error.js';
import type { WsEnd } from '../ws-end.js';
import { Alarm } from './alarm.js';
import type { WsAuthHook, WsCredentials } from './auth.js';

/** Asks the hook for credentials, with a deadline. */
export class Attempt {
  readonly #controller = new AbortController();
  readonly #deadline = new Alarm();

  /** Resolves with what the hook says; rejects when it throws, is too slow, or is aborted. */
  authorize(
    hook: WsAuthHook,
    attempt: number,
    lastEnd: WsEnd | undefined,
    timeoutMs: number,
  ): Promise<WsCredentials | false | void> {
    const { signal } = this.#controller;
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
      this.#deadline.set(timeoutMs, () => this.abort('TIMEOUT', 'auth took too long'));
      Promise.resolve({ attempt, signal, lastEnd })
        .then(hook)
        .then(resolve, reject)
        .finally(() => this.#deadline.clear());
    });
  }

  /** Gives it up. */
  abort(code: 'TIMEOUT' | 'CLOSED', message: string): void {
    this.#deadline.clear();
    this.#controller.abort(new WsClientError(code, message));
  }
}
