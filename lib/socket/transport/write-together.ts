import type { Duplex } from 'node:stream';

/** Called when bytes have reached the kernel, or with an error if they have not. */
export type WriteCallback = (error?: Error | null) => void;

/** Writes buffers in one go. `callback` is called once for all. */
export function writeTogether(
  stream: Duplex,
  parts: readonly Buffer[],
  callback: WriteCallback,
): void {
  if (parts.length === 1) {
    stream.write(parts[0], callback);
    return;
  }
  // Corked, several buffers leave in one writev.
  stream.cork();
  const last = parts.length - 1;
  for (let at = 0; at < last; at++) stream.write(parts[at]);
  stream.write(parts[last], callback);
  stream.uncork();
}
