import { findNearest } from './find-nearest.js';
import type { ServerOptions } from './server-options.js';

/** The compiler keeps this list complete. */
const KNOWN: Readonly<Record<keyof ServerOptions, true>> = {
  WebSocket: true,
  autoPong: true,
  backlog: true,
  clientTracking: true,
  closeTimeout: true,
  controlFrameRate: true,
  fastLane: true,
  handleProtocols: true,
  handshakeTimeout: true,
  heartbeatInterval: true,
  host: true,
  maxBufferedChunks: true,
  maxConnections: true,
  maxConnectionsPerIp: true,
  maxFragments: true,
  maxPayload: true,
  maxPendingAutoPongs: true,
  memoryCeiling: true,
  memoryLedger: true,
  messageTimeout: true,
  messageTimeoutCode: true,
  noServer: true,
  path: true,
  perMessageDeflate: true,
  port: true,
  server: true,
  verifyClient: true,
};

/**
 * Warns of options that do nothing, as a process warning with the code `WSGATE_UNKNOWN_OPTION`. They
 * are no error, so that code written for `ws` runs: it has options of its own, and ignores others.
 */
export function warnOfUnknownOptions(options: ServerOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(KNOWN, name)) continue;
    const meant = findNearest(name, Object.keys(KNOWN));
    const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
    process.emitWarning(`WebSocketServer: the option "${name}" does nothing here${hint}`, {
      type: 'WsgateWarning',
      code: 'WSGATE_UNKNOWN_OPTION',
    });
  }
}
