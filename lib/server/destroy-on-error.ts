import type { Duplex } from 'node:stream';

/**
 * Keeps an error of a transport nobody else listens to yet from ending the process. The listener
 * stays for the transport's life, so it is one function for all and holds on to nothing: as a
 * closure it would keep the whole request alive with each connection.
 */
export function destroyOnError(transport: Duplex): void {
  transport.on('error', destroy);
}

function destroy(this: Duplex): void {
  this.destroy();
}
