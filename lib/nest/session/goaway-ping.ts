import type { SessionPort } from './session-port.js';

/** What the ping carries, and its pong echoes (RFC 6455 5.5.3). */
const PAYLOAD = Buffer.from('goaway');

/**
 * A ping that is sent right behind `goaway`. Frames arrive in order, so once the client's pong is
 * here, so is every message it sent before it saw the `goaway`.
 */
export class GoawayPing {
  /** Resolves with the client's pong, or when nobody needs it any more. */
  readonly answered: Promise<void>;
  #resolve: () => void = () => undefined;

  constructor(port: SessionPort) {
    this.answered = new Promise((resolve) => (this.#resolve = resolve));
    port.ping(PAYLOAD);
  }

  /** A pong arrived, which may be of another ping. */
  onPong(payload: Uint8Array): void {
    if (PAYLOAD.equals(payload)) this.#resolve();
  }

  /** The session is over. */
  stop(): void {
    this.#resolve();
  }
}
