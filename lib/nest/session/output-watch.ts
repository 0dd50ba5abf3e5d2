import { Deadline } from '../../socket/deadline.js';
import type { SessionPort } from './session-port.js';

/** What an {@link OutputWatch} calls. */
export interface OutputEvents {
  /** There is room again for those who wait. */
  onRoom(): void;
  /** Nothing left the process until the deadline. */
  onStalled(): void;
}

/**
 * Tells whether a connection has room for more output, and waits for it where it has not. What is
 * sent in one tick leaves together at its end, so it first looks after that; from then on it waits
 * for the connection to drain, or for a deadline.
 */
export class OutputWatch {
  readonly #port: SessionPort;
  readonly #roomBelow: number;
  readonly #stallTimeout: number;
  readonly #events: OutputEvents;
  #look: NodeJS.Immediate | undefined = undefined;
  #deadline: Deadline | undefined = undefined;
  #isWaiting = false;
  #isOver = false;
  /** What was sent since it was last looked at whether it leaves. */
  #unwatched = 0;

  /** @param roomBelow bytes waiting in the connection below which there is room */
  constructor(port: SessionPort, roomBelow: number, stallTimeout: number, events: OutputEvents) {
    this.#port = port;
    this.#roomBelow = roomBelow;
    this.#stallTimeout = stallTimeout;
    this.#events = events;
  }

  /** Whether fewer than `mark` bytes wait in the connection. If not, waits for room. */
  hasRoomBelow(mark: number): boolean {
    if (this.#port.bufferedAmount < mark) return true;
    this.wait();
    return false;
  }

  /** Waits for room: `onRoom` will be called, later. */
  wait(): void {
    if (this.#isWaiting || this.#isOver) return;
    this.#isWaiting = true;
    this.#look = setImmediate(() => this.#lookOnce());
  }

  /**
   * So much was sent: bytes, or the characters of a text. Looks after it each time as much was sent
   * as there is room for: after the answers to its last calls a client may ask for nothing more, and
   * read nothing.
   */
  sent(length: number): void {
    this.#unwatched += length;
    if (this.#unwatched < this.#roomBelow) return;
    this.#unwatched = 0;
    this.wait();
  }

  /**
   * The connection has drained. Before the first look that means nothing: what was sent then left
   * at once.
   */
  drained(): void {
    if (!this.#isWaiting || this.#look !== undefined) return;
    this.#makeRoom();
  }

  /** The connection is over: nobody waits any more. */
  stop(): void {
    this.#isOver = true;
    this.#rest();
  }

  #rest(): void {
    this.#isWaiting = false;
    clearImmediate(this.#look);
    this.#look = undefined;
    this.#deadline?.clear();
  }

  #lookOnce(): void {
    this.#look = undefined;
    if (this.#port.bufferedAmount < this.#roomBelow) this.#makeRoom();
    else this.#expectProgress();
  }

  #makeRoom(): void {
    this.#rest();
    this.#events.onRoom();
  }

  #expectProgress(): void {
    if (this.#stallTimeout === 0) return;
    // Counts what has left, not what waits: if more is sent meanwhile, the backlog grows even
    // though the client reads.
    const before = this.#port.sentBytes;
    this.#deadline = new Deadline(this.#stallTimeout, () => {
      if (this.#port.sentBytes > before) this.#lookOnce();
      else this.#events.onStalled();
    });
  }
}
