import type { Duplex } from 'node:stream';
import type { WriteCallback } from './write-together.js';

/** Is told what a {@link Transport} does. */
export interface TransportListener {
  /**
   * Bytes arrived: `chunk[0, end)`. The chunk must not be kept after the call, since its memory may
   * be used again.
   */
  onChunk(chunk: Buffer, end: number): void;
  /** The peer sends no more. */
  onEnd(): void;
  /** Everything written has reached the kernel, after some of it had to wait. */
  onWritten(): void;
  onError(error: Error): void;
  /** Exactly once, after all else. */
  onClose(): void;
}

/** Moves the bytes of a connection: a Duplex, driven in one of two ways. */
export interface Transport {
  readonly stream: Duplex;
  /**
   * Bytes written that have not reached the kernel. As long as there are any, they must not be
   * changed.
   */
  readonly pendingBytes: number;
  /**
   * Every write is on its way until the end of the turn, even if the kernel took all of it at once:
   * TLS and streams of other kinds say so no earlier.
   */
  readonly reportsLate: boolean;
  /** Writes buffers in one go. `callback` is called when the kernel has them, or with an error. */
  write(parts: readonly Buffer[], callback?: WriteCallback): void;
  /** Ends the stream behind everything that was written. */
  end(): void;
  pause(): void;
  resume(): void;
}
