import type { Duplex } from 'node:stream';
import { isPlainTcp } from './is-plain-tcp.js';

/**
 * Called for every read, as a method of the handle. The result is in {@link
 * StreamBindings.streamBaseState}.
 */
export type ReadCallback = (this: TcpHandle, ...values: unknown[]) => unknown;

/** The part of the native handle of a TCP socket that the fast lane uses. */
export interface TcpHandle {
  reading: boolean;
  onread: ReadCallback;
  /** Bytes of all writes that have not reached the kernel. */
  readonly writeQueueSize: number;
  /** From now on reads go into this buffer, instead of a new one for each. */
  useUserBuffer(buffer: Buffer): void;
  readStart(): number;
  readStop(): number;
  writeBuffer(request: WriteRequest, bytes: Buffer): number;
  writev(request: WriteRequest, parts: readonly Buffer[], areAllBuffers: true): number;
}

/** The object a native write reports to. */
export interface WriteRequest {
  handle: TcpHandle;
  oncomplete: (status: number) => void;
  /** Keeps the bytes from being collected until the kernel has them. */
  buffer: unknown;
}

/** The part of Node's `stream_wrap` binding the fast lane uses. */
export interface StreamBindings {
  readonly WriteWrap: new () => WriteRequest;
  readonly streamBaseState: Int32Array;
  readonly kReadBytesOrError: number;
  readonly kLastWriteWasAsync: number;
}

/** Node's bindings, if they are as the fast lane expects them. */
export function findStreamBindings(): StreamBindings | undefined {
  try {
    const internals = process as unknown as { binding(name: string): Partial<StreamBindings> };
    const found = internals.binding('stream_wrap');
    const isAsExpected =
      typeof found.WriteWrap === 'function' &&
      found.streamBaseState instanceof Int32Array &&
      typeof found.kReadBytesOrError === 'number' &&
      typeof found.kLastWriteWasAsync === 'number';
    return isAsExpected ? (found as StreamBindings) : undefined;
  } catch {
    return undefined;
  }
}

/** The handle of a plain TCP socket, if it has the methods the fast lane uses. */
export function findTcpHandle(stream: Duplex): TcpHandle | undefined {
  if (!isPlainTcp(stream)) return undefined;
  const handle = (stream as unknown as { _handle?: Partial<TcpHandle> | null })._handle;
  const isAsExpected =
    handle != null &&
    handle.constructor.name === 'TCP' &&
    typeof handle.onread === 'function' &&
    typeof handle.useUserBuffer === 'function' &&
    typeof handle.writeBuffer === 'function' &&
    typeof handle.writev === 'function' &&
    typeof handle.writeQueueSize === 'number' &&
    typeof handle.readStart === 'function' &&
    typeof handle.readStop === 'function';
  return isAsExpected ? (handle as TcpHandle) : undefined;
}
