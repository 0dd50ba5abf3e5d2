import { Duplex } from 'node:stream';

/** Two ends of a connection in memory: what is written to one is read from the other. */
export function createDuplexPair(): readonly [Duplex, Duplex] {
  const one = new PairedDuplex();
  const other = new PairedDuplex();
  one.peer = other;
  other.peer = one;
  return [one, other];
}

class PairedDuplex extends Duplex {
  peer: PairedDuplex | undefined;
  /** What a server takes for the address of its client. */
  readonly remoteAddress = '127.0.0.1';
  /** Kept while the peer has not asked for more: that is backpressure. */
  #resume: (() => void) | undefined;

  override _read(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    const { peer } = this;
    if (peer === undefined || peer.destroyed) return callback();
    // A copy, because a transport may use the memory again once the write is done.
    if (peer.push(Buffer.from(chunk))) callback();
    else peer.#resume = callback;
  }

  override _final(callback: () => void): void {
    this.peer?.push(null);
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    const { peer } = this;
    this.peer = undefined;
    // The other end of a TCP connection sees the end a moment later, and so does this one.
    if (peer !== undefined && !peer.destroyed) process.nextTick(() => peer.destroy());
    callback(error);
  }
}
