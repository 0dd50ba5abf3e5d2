import type { Duplex } from 'node:stream';

/** Who is told what a {@link Transport} does. */
export interface TransportListener {
  /** Bytes arrived: `chunk[0, end)`. The chunk must not be kept beyond the call: its memory may be used again. */
  onChunk(chunk: Buffer, end: number): void;
  /** The peer sends no more. */
  onEnd(): void;
  /** All that was written has reached the kernel, after some of it had to wait. */
  onWritten(): void;
  onError(error: Error): void;
  /** Exactly once, after all else. */
  onClose(): void;
}

/** What moves a connection's bytes: a Duplex, driven one way or another. */
export interface Transport {
  readonly stream: Duplex;
  /** Bytes written that have not reached the kernel. While there are any, they must not be changed. */
  readonly pendingBytes: number;
  /** Writes buffers in one go. `callback`, if there is one, is called when the kernel has them, or with an error. */
  write(parts: readonly Buffer[], callback?: (error?: Error | null) => void): void;
  pause(): void;
  resume(): void;
}
