import type { Duplex } from 'node:stream';

/**
 * Keeps an error of a transport nobody else listens to yet from ending the process. It is one function
 * for all and holds on to nothing: as a closure it would keep the whole request alive with each
 * connection. Everyone who passes a transport on may call it: it listens once.
 */
export function destroyOnError(transport: Duplex): void {
  stopDestroyingOnError(transport);
  transport.on('error', destroy);
}

/** The transport has an owner, who listens itself. */
export function stopDestroyingOnError(transport: Duplex): void {
  transport.off('error', destroy);
}

function destroy(this: Duplex): void {
  this.destroy();
}
