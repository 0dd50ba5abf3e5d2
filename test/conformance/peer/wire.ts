import type { Socket } from 'node:net';

/** Longest wait for something that has to come; long enough for a loaded machine, short enough to fail. */
const DEADLINE = 15_000;

/** Longest wait for TCP to be closed; shorter than any timeout that might close it in the end. */
export const CLOSING_DEADLINE = 4_000;

/** How octets are handed to TCP: all at once, one part per frame, or this many octets at a time. */
export type Chop = 'together' | 'frames' | number;

/** One TCP (or TLS) connection as raw octets: sends in chosen pieces, keeps what arrived until it is read. */
export class Wire {
  readonly #socket: Socket;
  #buffer = Buffer.alloc(4096);
  #from = 0;
  #to = 0;
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#store(chunk));
    // A reset counts as an end: the octets that came before it were delivered first.
    for (const end of ['end', 'error', 'close']) socket.on(end, () => this.#end());
  }

  /** True once the other side has closed its direction. */
  get ended(): boolean {
    return this.#ended;
  }

  /** What arrived and was not read yet. */
  get unread(): Buffer {
    return this.#buffer.subarray(this.#from, this.#to);
  }

  /** Waits until `read` finds what it looks for; it returns how many octets it used. */
  async take<T>(
    what: string,
    read: (
      bytes: Buffer,
      ended: boolean,
    ) => { readonly value: T; readonly used: number } | undefined,
    deadline: number = DEADLINE,
  ): Promise<T> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#wake();
    }, deadline);
    try {
      for (;;) {
        const found = read(this.unread, this.#ended);
        if (found) {
          this.#from += found.used;
          return found.value;
        }
        if (late || this.#ended) throw new Error(this.#missing(what));
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Sends the parts; with a chop each piece is flushed before the next. Stops once the other side has closed. */
  async send(parts: readonly Buffer[], chop: Chop = 'together'): Promise<void> {
    for (const piece of pieces(parts, chop)) {
      if (this.#ended) return;
      await new Promise<void>((resolve) => this.#socket.write(piece, () => resolve()));
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  /** Closes this side's direction, reads on. */
  end(): void {
    this.#socket.end();
  }

  /** Drops the connection at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  #store(chunk: Buffer): void {
    const unread = this.#to - this.#from;
    if (this.#to + chunk.length > this.#buffer.length) {
      const grown = Buffer.alloc(2 * (unread + chunk.length));
      this.unread.copy(grown);
      this.#buffer = grown;
      this.#from = 0;
      this.#to = unread;
    }
    chunk.copy(this.#buffer, this.#to);
    this.#to += chunk.length;
    this.#wake();
  }

  #end(): void {
    this.#ended = true;
    this.#wake();
  }

  #missing(what: string): string {
    const why = this.#ended ? 'TCP was closed' : `nothing more came in time`;
    return `waited for ${what}, but ${why}; unread: ${this.unread.subarray(0, 64).toString('hex')}`;
  }
}

function pieces(parts: readonly Buffer[], chop: Chop): readonly Buffer[] {
  if (chop === 'frames') return parts;
  const all = Buffer.concat(parts);
  if (chop === 'together') return [all];
  const cut: Buffer[] = [];
  for (let at = 0; at < all.length; at += chop) cut.push(all.subarray(at, at + chop));
  return cut;
}
