import type { Duplex } from 'node:stream';
import { getSystemErrorName } from 'node:util';
import type { FastLane } from './fast-lane.js';
import { StreamTransport } from './stream-transport.js';
import type { TcpHandle, WriteRequest } from './tcp-internals.js';
import type { TransportListener } from './transport.js';
import type { WriteCallback } from './write-together.js';

/**
 * The fast lane: reads a TCP socket into one shared buffer and writes through its native handle.
 * The stream is still used for everything else: bytes that were read before, the end, errors,
 * destruction, and each write that would have to wait for another.
 */
export class TcpTransport extends StreamTransport {
  readonly #handle: TcpHandle;
  readonly #lane: FastLane;
  /** The kernel has not taken all of the last write through the handle. */
  #isWriting = false;

  constructor(
    stream: Duplex,
    head: Buffer,
    listener: TransportListener,
    handle: TcpHandle,
    lane: FastLane,
  ) {
    super(stream, head, listener);
    this.#handle = handle;
    this.#lane = lane;
    lane.takeOverReads(handle, listener);
  }

  override get pendingBytes(): number {
    const byStream = super.pendingBytes;
    // What is left of the write, not its whole size: so a client that reads a large message
    // steadily is seen to make progress.
    return this.#isWriting ? byStream + Math.max(1, this.#handle.writeQueueSize) : byStream;
  }

  override get reportsLate(): boolean {
    return false;
  }

  override write(parts: readonly Buffer[], callback?: WriteCallback): void {
    if (this.pendingBytes > 0 || !this.stream.writable) {
      super.write(parts, callback);
      return;
    }
    const lane = this.#lane;
    const request = lane.idleRequest;
    const status =
      parts.length === 1
        ? this.#handle.writeBuffer(request, parts[0])
        : this.#handle.writev(request, parts, true);
    const isDone = lane.bindings.streamBaseState[lane.bindings.kLastWriteWasAsync] === 0;
    if (status === 0 && isDone) {
      if (callback !== undefined) process.nextTick(callback);
      return;
    }
    lane.forgetRequest();
    if (status !== 0) this.#failWrite(status, callback);
    else this.#wait(request, parts, callback);
  }

  override pause(): void {
    super.pause();
    if (this.stream.destroyed) return;
    this.#handle.reading = false;
    this.#handle.readStop();
  }

  override resume(): void {
    super.resume();
    if (this.stream.destroyed || this.#handle.reading) return;
    this.#handle.reading = true;
    this.#handle.readStart();
  }

  /**
   * The kernel took only a part. The request reports when it has the rest, and is not used for
   * another write.
   */
  #wait(
    request: WriteRequest,
    parts: readonly Buffer[],
    callback: WriteCallback | undefined,
  ): void {
    this.#isWriting = true;
    request.handle = this.#handle;
    request.buffer = parts;
    request.oncomplete = (status) => {
      this.#isWriting = false;
      if (status < 0) {
        this.#failWrite(status, callback);
        return;
      }
      callback?.();
      this.listener.onWritten();
    };
  }

  #failWrite(status: number, callback: WriteCallback | undefined): void {
    const error = Object.assign(new Error(`write ${getSystemErrorName(status)}`), {
      code: getSystemErrorName(status),
      syscall: 'write',
    });
    this.stream.destroy(error);
    if (callback !== undefined) process.nextTick(callback, error);
  }
}
