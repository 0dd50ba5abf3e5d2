import type { Acceptor } from '../../server/handshake/acceptor.js';
import type { CompiledGateway } from '../gateway/compiled-gateway.js';
import type { Handshake } from '../handshake/handshake.js';
import type { PathRecheck } from '../recheck/path-recheck.js';
import type { SessionReporter } from '../errors/session-reporter.js';
import type { Subprotocols } from './subprotocols.js';

/** Everything that is needed to answer upgrades of one path. */
export interface Mount {
  readonly gateway: CompiledGateway;
  readonly handshake: Handshake;
  /** Where its sessions report problems. */
  readonly reporter: SessionReporter;
  /** Absent where connections are not checked again. */
  readonly recheck: PathRecheck | undefined;
  readonly acceptor: Acceptor;
  readonly subprotocols: Subprotocols;
}
