import type { Duplex } from 'node:stream';

/**
 * Keeps an error of a transport that nobody listens to yet from ending the process. One shared
 * function: a closure would keep the whole request alive with each connection. Everyone who passes
 * a transport on may call it; it listens only once.
 */
export function destroyOnError(transport: Duplex): void {
  stopDestroyingOnError(transport);
  transport.on('error', destroy);
}

/** The transport has an owner now, who listens for errors. */
export function stopDestroyingOnError(transport: Duplex): void {
  transport.off('error', destroy);
}

function destroy(this: Duplex): void {
  this.destroy();
}
