import { addShown, deleteShown, ShownSet } from './shown-set.js';

/** The live connections of a server, and the moment there are none left. */
export class ConnectionRegistry<Connection extends object> {
  readonly #connections = new ShownSet<Connection>();
  #waiting: (() => void)[] = [];

  /** How many connections are live. */
  get size(): number {
    return this.#connections.size;
  }

  /** A live view, in the order they came. */
  get connections(): ReadonlySet<Connection> {
    return this.#connections;
  }

  /** Adds a connection. Its owner deletes it when it has closed. */
  add(connection: Connection): void {
    addShown(this.#connections, connection);
  }

  /** Removes a connection. Returns false if it was not there. */
  delete(connection: Connection): boolean {
    const wasThere = deleteShown(this.#connections, connection);
    if (this.#connections.size === 0) this.#announceEmpty();
    return wasThere;
  }

  /** Resolves when there is no connection: at once, or with the last one's end. */
  whenEmpty(): Promise<void> {
    if (this.#connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #announceEmpty(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
