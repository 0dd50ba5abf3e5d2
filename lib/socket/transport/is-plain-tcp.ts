import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Whether a stream is a TCP socket and not one of TLS, which is a `Socket` too. */
export function isPlainTcp(stream: Duplex): boolean {
  return stream instanceof Socket && !('encrypted' in stream);
}
