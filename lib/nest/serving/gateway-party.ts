import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { readUpgradeRequest, type UpgradeOffer } from '../../protocol/handshake/upgrade-request.js';
import { isUpgradeRefusal } from '../../protocol/handshake/upgrade-refusal.js';
import type { ConnectionQuota } from '../../server/connection-quota.js';
import { type PathMatch, type PathParams, PathRouter } from '../../server/path-router.js';
import { destroyOnError } from '../../server/destroy-on-error.js';
import { NO_MEMORY, SHUTTING_DOWN } from '../../server/refuse-for-now.js';
import { refusePlainly } from '../../server/refuse-plainly.js';
import { refuseUpgrade } from '../../server/refuse-upgrade.js';
import { readRequestTarget } from '../../server/request-target.js';
import type { UpgradeParty } from '../../server/upgrade-broker.js';
import { Connection } from '../../socket/connection.js';
import { READY_STATE } from '../../socket/ready-state.js';
import type { ExceptionReporter } from '../errors/exception-reporter.js';
import { readIp } from '../handshake/forwarded.js';
import { describeHandshake } from '../handshake/describe-handshake.js';
import type { HandshakeHeaders, HandshakeOutcome } from '../handshake/handshake-outcome.js';
import type { UpgradeRequest } from '../handshake/upgrade-request.js';
import { disconnect } from '../push/disconnect.js';
import type { LiveConnections } from '../push/live-connections.js';
import { randomId } from '../random-id.js';
import { ConnectionRecheck } from '../recheck/connection-recheck.js';
import { keepRequest, type KeptRequest } from '../recheck/kept-request.js';
import { Session } from '../session/session.js';
import { ConnectionLifecycle } from './connection-lifecycle.js';
import type { HttpPrototypes } from './http-prototypes.js';
import type { Mount } from './mount.js';
import { stageHandshake } from './stage-handshake.js';
import type { UnauthenticatedQuota } from './unauthenticated-quota.js';

/** What the gateways of an application share. */
export interface PartySetup {
  readonly live: LiveConnections;
  readonly reporter: ExceptionReporter;
  readonly quota: ConnectionQuota;
  readonly unauthenticated: UnauthenticatedQuota;
  readonly prototypes: HttpPrototypes | undefined;
}

/** A legal upgrade, before its handshake. */
interface Arrival {
  readonly mount: Mount;
  readonly params: PathParams;
  readonly request: IncomingMessage;
  readonly transport: Duplex;
  readonly head: Buffer;
  readonly offer: UpgradeOffer;
}

/** An upgrade whose request has been made ready for guards. */
interface Upgrade extends Omit<Arrival, 'params' | 'request'> {
  readonly request: UpgradeRequest;
  /** For rechecks; absent where there are none, because what is kept is kept as long as the connection. */
  readonly kept: KeptRequest | undefined;
}

/** All gateways of an application: answers the upgrades of their paths. */
export class GatewayParty implements UpgradeParty {
  readonly #setup: PartySetup;
  readonly #router = new PathRouter<Mount>();
  /** The paths that are mounted. */
  readonly paths: string[] = [];
  readonly #closing = new Set<Promise<void>>();
  #longestClose = 0;

  constructor(setup: PartySetup) {
    this.#setup = setup;
  }

  /** Milliseconds the close hooks may take: what the most patient path gives them. */
  get closeTimeout(): number {
    return this.#longestClose;
  }

  /** Mounts a path; those mounted first win where two match. */
  mount(mount: Mount): void {
    this.#router.add(mount.gateway.path, mount);
    this.paths.push(mount.gateway.path);
    this.#longestClose = Math.max(this.#longestClose, mount.gateway.options.closeTimeout);
  }

  claims(request: IncomingMessage): boolean {
    return this.#find(request) !== undefined;
  }

  serves(path: string): boolean {
    return this.paths.includes(path);
  }

  handle(request: IncomingMessage, transport: Duplex, head: Buffer): void {
    destroyOnError(transport);
    const found = this.#find(request);
    const offer = readUpgradeRequest(request);
    if (isUpgradeRefusal(offer)) return refuseUpgrade(transport, offer);
    if (found === undefined) return refusePlainly(transport, 404, 'no WebSocket here');
    if (this.#setup.live.isDraining) return refuseUpgrade(transport, SHUTTING_DOWN);
    const { value: mount, params } = found;
    this.#admit({ mount, params, request, transport, head, offer });
  }

  /** Resolves when the close hooks that are running have finished. */
  async whenClosed(): Promise<void> {
    await Promise.all(this.#closing);
  }

  #find(request: IncomingMessage): PathMatch<Mount> | undefined {
    const target = readRequestTarget(request.url);
    return target && this.#router.find(target.path);
  }

  #admit(arrival: Arrival): void {
    const { mount, request, transport } = arrival;
    const ip = readIp(request, mount.gateway.options.trustProxy);
    const { quota, unauthenticated, live } = this.#setup;
    const refusal = live.memory.refusesUpgrades
      ? NO_MEMORY
      : (unauthenticated.refusal ?? quota.hold(ip, transport));
    if (refusal !== undefined) return refuseUpgrade(transport, refusal);
    quota.holdDuring(this.#decide(arrival), transport);
  }

  /** Whatever goes wrong on the way refuses. */
  async #decide({ request, params, ...arrival }: Arrival): Promise<void> {
    const { mount, transport } = arrival;
    const { arrivals } = this.#setup.live;
    arrivals.begin(transport);
    this.#setup.unauthenticated.begin();
    try {
      const kept = mount.recheck && keepRequest(request, params);
      const { trustProxy } = mount.gateway.options;
      const { prototypes } = this.#setup;
      const staging = { params, trustProxy, prototypes, isRecheck: false };
      const staged = stageHandshake(request, staging);
      const outcome = await mount.handshake.decide(staged.request, staged.response);
      this.#complete({ ...arrival, request: staged.request, kept }, outcome);
    } catch (exception) {
      this.#setup.reporter.reportHandshake(exception, mount.gateway.path);
      refusePlainly(transport, 500, 'Internal server error');
    } finally {
      this.#setup.unauthenticated.end();
      arrivals.end(transport);
    }
  }

  #complete(upgrade: Upgrade, outcome: HandshakeOutcome): void {
    const { transport } = upgrade;
    if (!outcome.allow) {
      const { status, headers, body } = outcome;
      return refuseUpgrade(transport, { status, reason: body, headers });
    }
    if (this.#setup.live.isDraining) return refuseUpgrade(transport, SHUTTING_DOWN);
    if (!transport.readable || !transport.writable) return void transport.destroy();
    this.#connect(upgrade, outcome.headers);
  }

  #connect(upgrade: Upgrade, headers: HandshakeHeaders): void {
    const { mount, request, transport, head, offer } = upgrade;
    const { live, reporter, unauthenticated } = this.#setup;
    const { protocol, codec } = mount.subprotocols.agree(offer.protocols);
    const settings = mount.acceptor.accept(transport, offer, { protocol, headers });
    const lifecycle = new ConnectionLifecycle(mount.gateway, reporter);
    const recheck = this.#createRecheck(upgrade);
    const session = new Session({
      handshake: describeHandshake(randomId(), request, protocol ?? ''),
      codec,
      limits: mount.gateway.options,
      reporter,
      live,
      recheck,
      onClose: (connection, close) => {
        unauthenticated.delete(connection);
        this.#track(lifecycle.close(connection, close));
      },
    });
    session.attach(new Connection(transport, head, session, settings));
    unauthenticated.add(session.connection);
    recheck?.watch(session);
    for (const missed of live.arrivals.end(transport)) {
      disconnect([session.connection], missed, reporter);
    }
    if (session.readyState === READY_STATE.OPEN) lifecycle.open(session);
  }

  #createRecheck({ mount, kept }: Upgrade): ConnectionRecheck | undefined {
    if (mount.recheck === undefined || kept === undefined) return undefined;
    return new ConnectionRecheck(mount.recheck, this.#setup, kept);
  }

  #track(closed: void | Promise<void>): void {
    if (closed === undefined) return;
    const tracked = closed.then(() => void this.#closing.delete(tracked));
    this.#closing.add(tracked);
  }
}
