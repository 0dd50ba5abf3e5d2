import type { Duplex } from 'node:stream';
import type { FastLane } from './fast-lane.js';
import { StreamTransport } from './stream-transport.js';
import { findTcpHandle } from './tcp-internals.js';
import { TcpTransport } from './tcp-transport.js';
import type { Transport, TransportListener } from './transport.js';

/**
 * Drives a stream by the fast lane if there is one and the stream is plain TCP; by the public API
 * otherwise.
 */
export function openTransport(
  stream: Duplex,
  head: Buffer,
  listener: TransportListener,
  lane: FastLane | undefined,
): Transport {
  const handle = lane && findTcpHandle(stream);
  return lane && handle
    ? new TcpTransport(stream, head, listener, handle, lane)
    : new StreamTransport(stream, head, listener);
}
