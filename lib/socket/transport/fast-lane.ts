import {
  findStreamBindings,
  type ReadCallback,
  type StreamBindings,
  type TcpHandle,
  type WriteRequest,
} from './tcp-internals.js';
import type { TransportListener } from './transport.js';

/** Where a handle keeps the listener of its transport. */
const LISTENER = Symbol('nestjs-wsgate.transport-listener');

interface ListenedHandle extends TcpHandle {
  [LISTENER]: TransportListener;
}

/** What the connections of a server share to go the fast lane. */
export class FastLane {
  readonly bindings: StreamBindings;
  /** Every read of every connection goes in here. */
  readonly #readBuffer: Buffer;
  /** What reads instead of what a stream had for it: one function for all, where a closure each would be 140 bytes. */
  readonly #readers = new Map<ReadCallback, ReadCallback>();
  /** What writes report to, from write to write, for as long as the kernel takes everything at once. */
  #request: WriteRequest | undefined;

  constructor(bindings: StreamBindings, readBuffer: Buffer) {
    this.bindings = bindings;
    this.#readBuffer = readBuffer;
  }

  /** Has what `handle` reads told to `listener`, but the end and errors: these are the stream's to report. */
  takeOverReads(handle: TcpHandle, listener: TransportListener): void {
    const readByStream = handle.onread;
    const read = this.#readers.get(readByStream) ?? this.#createReader(readByStream);
    this.#readers.set(readByStream, read);
    (handle as ListenedHandle)[LISTENER] = listener;
    handle.useUserBuffer(this.#readBuffer);
    handle.onread = read;
  }

  /** A request no write is using. */
  get idleRequest(): WriteRequest {
    return (this.#request ??= new this.bindings.WriteWrap());
  }

  /** The request is in use until its write has been completed, and not idle any more. */
  forgetRequest(): void {
    this.#request = undefined;
  }

  #createReader(readByStream: ReadCallback): ReadCallback {
    const { streamBaseState, kReadBytesOrError } = this.bindings;
    const readBuffer = this.#readBuffer;
    return function (this: TcpHandle, ...values: unknown[]): unknown {
      const length = streamBaseState[kReadBytesOrError];
      if (length <= 0) return readByStream.apply(this, values);
      (this as ListenedHandle)[LISTENER].onChunk(readBuffer, length);
      return undefined;
    };
  }
}

/** The fast lane, or undefined where Node's internals are not as it expects them. */
export function openFastLane(readBuffer: Buffer): FastLane | undefined {
  const bindings = findStreamBindings();
  return bindings && new FastLane(bindings, readBuffer);
}
