/** Thrown, or noted, where the application did what it must not. */
export class Fault extends Error {}

/**
 * One call as its client sees it, held to PROTOCOL.md: one outcome, nothing after it, and no more
 * items than there was credit for.
 */
export class CallRecord {
  items = [];
  /** `open`, `cancelled`, or the op of its outcome. */
  state = 'open';
  /** Resolves with the outcome, or undefined for a connection that ended before it. */
  outcome;
  #credit;
  #onItem;
  #settle;

  constructor(credit = Infinity, onItem = () => {}) {
    this.#credit = credit;
    this.#onItem = onItem;
    this.outcome = new Promise((resolve) => (this.#settle = resolve));
  }

  grant(n) {
    this.#credit += n;
  }

  cancel() {
    this.state = 'cancelled';
    this.#settle(undefined);
  }

  /** The connection has ended. */
  drop() {
    this.#settle(undefined);
  }

  /** Takes a message with the id of this call. Throws a {@link Fault}. */
  take(message) {
    // What was on its way when the call was cancelled may still come; the peer forgets it later.
    if (this.state === 'cancelled') return;
    if (this.state !== 'open') throw new Fault(`${message.op} after ${this.state}`);
    if (message.op === 'next') return this.#takeItem(message);
    if (message.op === 'reply' && this.items.length > 0) throw new Fault('a reply after next');
    this.state = message.op;
    this.#settle(message);
  }

  #takeItem({ data, dropped = 0 }) {
    if (--this.#credit < 0) throw new Fault('an item without credit');
    this.items.push(data);
    this.#onItem(data, dropped);
  }
}
