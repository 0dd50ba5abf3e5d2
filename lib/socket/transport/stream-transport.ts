import type { Duplex } from 'node:stream';
import { isPlainTcp } from './is-plain-tcp.js';
import type { Transport, TransportListener } from './transport.js';

/** The property of a stream that holds the listener of its transport. */
const LISTENER = Symbol('nestjs-wsgate.transport-listener');

interface ListenedDuplex extends Duplex {
  [LISTENER]: TransportListener;
}

/** The plain lane: a Duplex driven through Node's public API. */
export class StreamTransport implements Transport {
  readonly stream: Duplex;

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
    return this.stream.writableLength;
  }

  get reportsLate(): boolean {
    return !isPlainTcp(this.stream);
  }

  write(parts: readonly Buffer[], callback?: (error?: Error | null) => void): void {
    const onWritten = (error?: Error | null): void => {
      // If the stream was destroyed during the write, Node reports no error.
      callback?.(error ?? (this.stream.destroyed ? new Error('the connection was lost') : null));
      if (this.stream.writableLength === 0) this.listener.onWritten();
    };
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
