import type { Duplex } from 'node:stream';
import type { UpgradeOffer } from '../../protocol/handshake/upgrade-request.js';
import { Connection } from '../../socket/connection.js';
import type { ConnectionSettings } from '../../socket/connection-settings.js';
import { READY_STATE } from '../../socket/ready-state.js';
import type { ExceptionReporter } from '../errors/exception-reporter.js';
import { describeHandshake } from '../handshake/describe-handshake.js';
import type { AnswerHeaders } from '../handshake/handshake-outcome.js';
import type { UpgradeRequest } from '../handshake/upgrade-request.js';
import { disconnect } from '../push/disconnect.js';
import type { LiveConnections } from '../push/live-connections.js';
import { randomId } from '../connection/random-id.js';
import { ConnectionRecheck } from '../recheck/connection-recheck.js';
import type { KeptRequest } from '../recheck/kept-request.js';
import { RunningHooks } from '../waiting/running-hooks.js';
import { type OpenPort, Session, type SessionSetup } from '../session/session.js';
import { ConnectionLifecycle } from './connection-lifecycle.js';
import type { HttpPrototypes } from '../handshake/http-prototypes.js';
import type { Mount } from './mount.js';
import type { UnauthenticatedQuota } from './unauthenticated-quota.js';

/** What the sessions of an application share. */
export interface SessionStarterSetup {
  readonly live: LiveConnections;
  readonly reporter: ExceptionReporter;
  readonly unauthenticated: UnauthenticatedQuota;
  readonly prototypes: HttpPrototypes | undefined;
}

/** A legal upgrade whose request has been made ready for guards. */
export interface Upgrade {
  readonly mount: Mount;
  readonly request: UpgradeRequest;
  readonly transport: Duplex;
  readonly head: Buffer;
  readonly offer: UpgradeOffer;
  /** For rechecks; absent where there are none, since it is kept as long as the connection. */
  readonly kept: KeptRequest | undefined;
}

/**
 * Starts a session for each upgrade that the guards have let through, and keeps track of the close
 * hooks that run.
 */
export class SessionStarter {
  readonly #setup: SessionStarterSetup;
  readonly #closeHooks = new RunningHooks();

  constructor(setup: SessionStarterSetup) {
    this.#setup = setup;
  }

  /** Writes the 101 with these headers, makes the connection and runs its open hooks. */
  start(upgrade: Upgrade, headers: AnswerHeaders): void {
    const { live, reporter, unauthenticated } = this.#setup;
    const lifecycle = new ConnectionLifecycle(upgrade.mount.gateway, reporter);
    const recheck = this.#createRecheck(upgrade);
    const session = this.#createSession(upgrade, headers, lifecycle, recheck);
    live.stats.open();
    unauthenticated.add(session.connection);
    recheck?.watch(session);
    for (const missed of live.handshakes.end(upgrade.transport)) {
      disconnect([session.connection], missed, reporter);
    }
    if (session.readyState === READY_STATE.OPEN) lifecycle.open(session);
  }

  /** Resolves when the close hooks that are running have finished. */
  whenClosed(): Promise<void> {
    return this.#closeHooks.whenDone();
  }

  #createSession(
    upgrade: Upgrade,
    headers: AnswerHeaders,
    lifecycle: ConnectionLifecycle,
    recheck: ConnectionRecheck | undefined,
  ): Session {
    const { mount, request, transport, offer } = upgrade;
    const { live, reporter, unauthenticated } = this.#setup;
    const { protocol, codec } = mount.subprotocols.agree(offer.protocols);
    if (protocol === undefined && offer.protocols.length > 0) {
      reporter.noteUnspoken(mount.gateway.path, mount.subprotocols.names);
    }
    // Before the 101: what guards have put on the request may throw when it is read.
    const handshake = describeHandshake(randomId(), request, protocol ?? '');
    const settings = mount.acceptor.accept(transport, offer, { protocol, headers });
    const setup: SessionSetup = {
      handshake,
      codec,
      limits: mount.gateway.options,
      reporter: mount.reporter,
      live,
      recheck,
      onClose: (connection, close) => {
        live.stats.closed.add(close.code);
        unauthenticated.delete(connection);
        const closed = lifecycle.close(connection, close);
        if (closed) this.#closeHooks.add(closed);
      },
    };
    return new Session(setup, portOpener(upgrade, settings));
  }

  #createRecheck({ mount, kept }: Upgrade): ConnectionRecheck | undefined {
    if (mount.recheck === undefined || kept === undefined) return undefined;
    return new ConnectionRecheck(mount.recheck, this.#setup, kept);
  }
}

/**
 * A function of its own: otherwise the close hook of the session would refer to the bytes of the
 * request as long as the connection lives.
 */
function portOpener({ transport, head }: Upgrade, settings: ConnectionSettings): OpenPort {
  return (handler) => new Connection(transport, head, handler, settings);
}
