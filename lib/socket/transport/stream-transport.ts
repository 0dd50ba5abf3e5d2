import type { Duplex } from 'node:stream';
import type { Transport, TransportListener } from './transport.js';

/** The plain lane: a Duplex driven through Node's public API. */
export class StreamTransport implements Transport {
  readonly stream: Duplex;
  readonly #onWritten: () => void;

  /** `head` holds bytes that were read from the stream before. */
  constructor(stream: Duplex, head: Buffer, listener: TransportListener) {
    this.stream = stream;
    this.#onWritten = () => {
      if (stream.writableLength === 0) listener.onWritten();
    };
    if (head.length > 0) stream.unshift(head);
    stream.on('data', (chunk: Buffer) => listener.onChunk(chunk, chunk.length, false));
    stream.on('end', () => listener.onEnd());
    stream.on('error', (error: Error) => listener.onError(error));
    stream.on('close', () => listener.onClose());
  }

  get pendingBytes(): number {
    return this.stream.writableLength;
  }

  write(parts: readonly Buffer[], callback?: (error?: Error | null) => void): void {
    const onWritten = callback === undefined ? this.#onWritten : this.#both(callback);
    if (parts.length === 1) {
      this.stream.write(parts[0], onWritten);
      return;
    }
    // Corked, several buffers leave in one writev.
    this.stream.cork();
    const last = parts.length - 1;
    for (let at = 0; at < last; at++) this.stream.write(parts[at]);
    this.stream.write(parts[last], onWritten);
    this.stream.uncork();
  }

  pause(): void {
    this.stream.pause();
  }

  resume(): void {
    this.stream.resume();
  }

  #both(callback: (error?: Error | null) => void): (error?: Error | null) => void {
    return (error) => {
      callback(error);
      this.#onWritten();
    };
  }
}
