import type { Duplex } from 'node:stream';
import { isPlainTcp } from './is-plain-tcp.js';
import { PIECE_LENGTH, PieceQueue } from './piece-queue.js';
import type { Transport, TransportListener } from './transport.js';
import { type WriteCallback, writeTogether } from './write-together.js';

/** The property of a stream that holds the listener of its transport. */
const LISTENER = Symbol('nestjs-wsgate.transport-listener');

interface ListenedDuplex extends Duplex {
  [LISTENER]: TransportListener;
}

/** The plain lane: a Duplex driven through Node's public API. */
export class StreamTransport implements Transport {
  readonly stream: Duplex;
  /** Made for the first large write. */
  #pieces: PieceQueue | undefined;

  /** `head`: bytes that have been read from the stream already. */
  constructor(stream: Duplex, head: Buffer, listener: TransportListener) {
    this.stream = stream;
    (stream as ListenedDuplex)[LISTENER] = listener;
    if (head.length > 0) stream.unshift(head);
    // Functions that all streams share: closures for each would be 0.6 KiB of an idle connection.
    stream.on('data', onData);
    stream.on('end', onEnd);
    stream.on('error', onError);
    stream.on('close', onClose);
  }

  protected get listener(): TransportListener {
    return (this.stream as ListenedDuplex)[LISTENER];
  }

  get pendingBytes(): number {
    return this.stream.writableLength + (this.#pieces?.byteLength ?? 0);
  }

  get reportsLate(): boolean {
    return !isPlainTcp(this.stream);
  }

  write(parts: readonly Buffer[], callback?: WriteCallback): void {
    const onWritten = (error?: Error | null): void => {
      // If the stream was destroyed during the write, Node reports no error.
      callback?.(error ?? (this.stream.destroyed ? new Error('the connection was lost') : null));
      if (this.pendingBytes === 0) this.listener.onWritten();
    };
    if (this.#pieces === undefined && sizeOf(parts) <= PIECE_LENGTH) {
      writeTogether(this.stream, parts, onWritten);
    } else (this.#pieces ??= new PieceQueue(this.stream)).write(parts, onWritten);
  }

  end(): void {
    if (this.#pieces === undefined) this.stream.end();
    else this.#pieces.end();
  }

  pause(): void {
    this.stream.pause();
  }

  resume(): void {
    this.stream.resume();
  }
}

function sizeOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function onData(this: ListenedDuplex, chunk: Buffer): void {
  this[LISTENER].onChunk(chunk, chunk.length);
}

function onEnd(this: ListenedDuplex): void {
  this[LISTENER].onEnd();
}

function onError(this: ListenedDuplex, error: Error): void {
  this[LISTENER].onError(error);
}

function onClose(this: ListenedDuplex): void {
  this[LISTENER].onClose();
}
