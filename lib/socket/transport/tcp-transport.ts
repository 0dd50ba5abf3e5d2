import type { Duplex } from 'node:stream';
import { getSystemErrorName } from 'node:util';
import type { FastLane } from './fast-lane.js';
import { StreamTransport } from './stream-transport.js';
import type { TcpHandle, WriteRequest } from './tcp-internals.js';
import type { Transport, TransportListener } from './transport.js';

/**
 * The fast lane: a TCP socket read into one shared buffer and written through its handle. The
 * stream stays for all else: what came before, the end, errors, destruction, and every write that
 * would have to queue behind another.
 */
export class TcpTransport implements Transport {
  readonly stream: Duplex;
  readonly #plain: StreamTransport;
  readonly #handle: TcpHandle;
  readonly #lane: FastLane;
  readonly #listener: TransportListener;
  /** Kept from write to write for as long as the kernel takes everything at once. */
  #request: WriteRequest | undefined;
  /** Bytes of a write through the handle that the kernel has not taken. */
  #waiting = 0;

  constructor(
    stream: Duplex,
    head: Buffer,
    listener: TransportListener,
    handle: TcpHandle,
    lane: FastLane,
  ) {
    this.stream = stream;
    this.#plain = new StreamTransport(stream, head, listener);
    this.#handle = handle;
    this.#lane = lane;
    this.#listener = listener;
    this.#takeOverReads();
  }

  get pendingBytes(): number {
    return this.stream.writableLength + this.#waiting;
  }

  write(parts: readonly Buffer[], callback?: (error?: Error | null) => void): void {
    if (this.pendingBytes > 0 || !this.stream.writable) {
      this.#plain.write(parts, callback);
      return;
    }
    const request = (this.#request ??= this.#createRequest());
    const status =
      parts.length === 1
        ? this.#handle.writeBuffer(request, parts[0])
        : this.#handle.writev(request, parts, true);
    if (status !== 0) this.#failWrite(status, callback);
    else if (this.#lane.bindings.streamBaseState[this.#lane.bindings.kLastWriteWasAsync] === 0) {
      if (callback !== undefined) process.nextTick(callback);
    } else this.#wait(request, parts, callback);
  }

  pause(): void {
    this.#plain.pause();
    if (this.stream.destroyed) return;
    this.#handle.reading = false;
    this.#handle.readStop();
  }

  resume(): void {
    this.#plain.resume();
    if (this.stream.destroyed || this.#handle.reading) return;
    this.#handle.reading = true;
    this.#handle.readStart();
  }

  #takeOverReads(): void {
    const { bindings, readBuffer } = this.#lane;
    const { streamBaseState, kReadBytesOrError } = bindings;
    const handle = this.#handle;
    const readByStream = handle.onread;
    const listener = this.#listener;
    handle.useUserBuffer(readBuffer);
    handle.onread = (...values: unknown[]): unknown => {
      const length = streamBaseState[kReadBytesOrError];
      // The end and errors are the stream's to report.
      if (length <= 0) return readByStream.apply(handle, values);
      listener.onChunk(readBuffer, length, true);
      return undefined;
    };
  }

  #createRequest(): WriteRequest {
    const request = new this.#lane.bindings.WriteWrap();
    request.handle = this.#handle;
    return request;
  }

  /** The kernel took a part. The request reports when it has the rest, and is not used again. */
  #wait(
    request: WriteRequest,
    parts: readonly Buffer[],
    callback: ((error?: Error | null) => void) | undefined,
  ): void {
    this.#request = undefined;
    this.#waiting = parts.reduce((length, part) => length + part.length, 0);
    request.buffer = parts;
    request.oncomplete = (status) => {
      this.#waiting = 0;
      if (status < 0) {
        this.#failWrite(status, callback);
        return;
      }
      callback?.();
      this.#listener.onWritten();
    };
  }

  #failWrite(status: number, callback: ((error?: Error | null) => void) | undefined): void {
    const error = Object.assign(new Error(`write ${getSystemErrorName(status)}`), {
      code: getSystemErrorName(status),
      syscall: 'write',
    });
    this.stream.destroy(error);
    if (callback !== undefined) process.nextTick(callback, error);
  }
}
