/** A connection with pushes to write. */
export interface Pushing {
  /** Writes what is waiting; several buffers may be joined into one with `join`. */
  writePushes(join: (parts: readonly Buffer[]) => readonly Buffer[]): void;
}

/** Beyond this many bytes a copy costs more than a second buffer in a write. */
const JOINED_UP_TO = 64 * 1024;

/**
 * Writes the pushes of a whole server once a turn, after all input of the turn has been read: what
 * several senders broadcast in it then leaves in one write for each receiver. And because receivers
 * mostly get the same frames in the same order, these are joined once for all of them.
 */
export class PushQueue {
  #waiting: Pushing[] = [];
  #parts: readonly Buffer[] = [];
  #joined: readonly Buffer[] = [];

  add(connection: Pushing): void {
    if (this.#waiting.length === 0) setImmediate(() => this.#writeAll());
    this.#waiting.push(connection);
  }

  #writeAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    const join = (parts: readonly Buffer[]): readonly Buffer[] => this.#join(parts);
    for (const connection of waiting) connection.writePushes(join);
    this.#parts = this.#joined = [];
  }

  #join(parts: readonly Buffer[]): readonly Buffer[] {
    if (parts.length < 2) return parts;
    if (isSame(parts, this.#parts)) return this.#joined;
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    this.#parts = parts;
    this.#joined = length > JOINED_UP_TO ? parts : [Buffer.concat(parts, length)];
    return this.#joined;
  }
}

function isSame(one: readonly Buffer[], other: readonly Buffer[]): boolean {
  return one.length === other.length && one.every((part, at) => part === other[at]);
}
