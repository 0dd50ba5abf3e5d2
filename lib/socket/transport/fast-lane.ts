import {
  findStreamBindings,
  type ReadCallback,
  type StreamBindings,
  type TcpHandle,
  type WriteRequest,
} from './tcp-internals.js';
import type { TransportListener } from './transport.js';

/** The property of a handle that holds the listener of its transport. */
const LISTENER = Symbol('nestjs-wsgate.transport-listener');

interface ListenedHandle extends TcpHandle {
  [LISTENER]: TransportListener;
}

/** What the connections of a server share on the fast lane. */
export class FastLane {
  readonly bindings: StreamBindings;
  /** All connections read into this buffer. */
  readonly #readBuffer: Buffer;
  /**
   * The `onread` function that replaces each one a stream had. All streams of a kind share one: a
   * closure for each handle would be 140 bytes.
   */
  readonly #readers = new Map<ReadCallback, ReadCallback>();
  /**
   * The request object of the next write. Used again as long as the kernel takes everything at
   * once.
   */
  #request: WriteRequest | undefined;

  constructor(bindings: StreamBindings, readBuffer: Buffer) {
    this.bindings = bindings;
    this.#readBuffer = readBuffer;
  }

  /**
   * Makes `handle` tell `listener` what it reads. The end and errors still go to the stream, which
   * reports them.
   */
  takeOverReads(handle: TcpHandle, listener: TransportListener): void {
    const readByStream = handle.onread;
    const read = this.#readers.get(readByStream) ?? this.#createReader(readByStream);
    this.#readers.set(readByStream, read);
    (handle as ListenedHandle)[LISTENER] = listener;
    handle.useUserBuffer(this.#readBuffer);
    handle.onread = read;
  }

  /** A request object that no write is using. */
  get idleRequest(): WriteRequest {
    return (this.#request ??= new this.bindings.WriteWrap());
  }

  /** The last request is in use until its write has completed: the next write gets a new one. */
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
