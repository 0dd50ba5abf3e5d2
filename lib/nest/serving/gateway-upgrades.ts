import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { readUpgradeRequest } from '../../protocol/handshake/upgrade-request.js';
import { isUpgradeRefusal, type UpgradeRefusal } from '../../protocol/handshake/upgrade-refusal.js';
import type { ConnectionQuota } from '../../server/limits/connection-quota.js';
import { type PathMatch, type PathParams, PathRouter } from '../../server/path/path-router.js';
import { destroyOnError } from '../../server/upgrade/destroy-on-error.js';
import { NO_MEMORY, SHUTTING_DOWN } from '../../server/upgrade/refuse-for-now.js';
import { refusePlainly, refuseUpgrade } from '../../server/upgrade/refuse-upgrade.js';
import { readRequestTarget } from '../../server/path/request-target.js';
import type { UpgradeHandler } from '../../server/upgrade/upgrade-broker.js';
import { within } from '../waiting/deadlines.js';
import { SafeLogger } from '../errors/safe-logger.js';
import { readIp } from '../handshake/forwarded.js';
import type { HandshakeOutcome } from '../handshake/handshake-outcome.js';
import { prepareHandshake } from '../handshake/prepare-handshake.js';
import { drainAll } from '../push/drain-all.js';
import { keepRequest } from '../recheck/kept-request.js';
import { hintAtPath } from './hint-at-path.js';
import type { Mount } from './mount.js';
import { SessionStarter, type SessionStarterSetup, type Upgrade } from './session-starter.js';
import { whileWanted } from '../waiting/while-wanted.js';

/** What the gateways of an application share. */
export interface GatewayUpgradesSetup extends SessionStarterSetup {
  readonly quota: ConnectionQuota;
}

/** A legal upgrade, before its handshake. */
interface IncomingUpgrade extends Omit<Upgrade, 'request' | 'kept'> {
  readonly params: PathParams;
  readonly request: IncomingMessage;
}

/** All gateways of an application: answers the upgrades of their paths. */
export class GatewayUpgrades implements UpgradeHandler {
  readonly #setup: GatewayUpgradesSetup;
  readonly #router = new PathRouter<Mount>();
  /** The paths that are mounted. */
  readonly paths: string[] = [];
  readonly #sessions: SessionStarter;
  readonly #logger = new SafeLogger('WsGateways');
  /** The longest `closeTimeout` of all paths. */
  #longestClose = 0;

  constructor(setup: GatewayUpgradesSetup) {
    this.#setup = setup;
    this.#sessions = new SessionStarter(setup);
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

  noteUnclaimed({ url }: IncomingMessage): void {
    this.#setup.reporter.noteUnknownPath(() => {
      const { path } = readRequestTarget(url) ?? { path: '' };
      const find = (other: string) => this.#router.find(other)?.value.gateway.path;
      return hintAtPath(path, find, this.paths);
    });
  }

  handle(request: IncomingMessage, transport: Duplex, head: Buffer): void {
    destroyOnError(transport);
    const found = this.#find(request);
    if (found === undefined) return refusePlainly(transport, 404, 'no WebSocket here');
    const { value: mount, params } = found;
    const offer = readUpgradeRequest(request);
    if (isUpgradeRefusal(offer)) return this.#refuse(transport, offer, mount);
    if (this.#setup.live.isDraining) return this.#refuse(transport, SHUTTING_DOWN, mount);
    this.#admit({ mount, params, request, transport, head, offer });
  }

  onTaken(request: IncomingMessage): void {
    const { value: mount } = this.#find(request) ?? {};
    if (mount !== undefined) this.#setup.reporter.noteTaken(mount.gateway.path);
  }

  /** Ends every connection without losing what is in flight, and waits for the close hooks. */
  async drain(): Promise<void> {
    const { live, reporter } = this.#setup;
    await drainAll(live, {});
    if (!(await within(this.#longestClose, this.#sessions.whenClosed()))) {
      this.#logger.error('close hooks did not finish within closeTimeout');
    }
    reporter.flush();
  }

  #find(request: IncomingMessage): PathMatch<Mount> | undefined {
    const target = readRequestTarget(request.url);
    return target && this.#router.find(target.path);
  }

  #answer(transport: Duplex, refusal: UpgradeRefusal): void {
    this.#setup.live.stats.refused.add(refusal.status);
    refuseUpgrade(transport, refusal);
  }

  #refuse(transport: Duplex, refusal: UpgradeRefusal, { gateway }: Mount): void {
    this.#answer(transport, refusal);
    this.#setup.reporter.noteRefusal(gateway.path, `${refusal.status} ${refusal.reason}`);
  }

  #admit(upgrade: IncomingUpgrade): void {
    const { mount, request, transport } = upgrade;
    const ip = readIp(request, mount.gateway.options.trustProxy);
    const { quota, unauthenticated, live } = this.#setup;
    const refusal = live.memory.refusesUpgrades
      ? NO_MEMORY
      : (unauthenticated.refusal ?? quota.takePlace(ip, transport));
    if (refusal === undefined) quota.keepPlaceDuring(this.#decide(upgrade), transport);
    else this.#refuseForFull(transport, refusal, mount);
  }

  #refuseForFull(transport: Duplex, refusal: UpgradeRefusal, { gateway }: Mount): void {
    this.#answer(transport, refusal);
    this.#setup.reporter.noteUnable(gateway.path, `${refusal.status} ${refusal.reason}`);
  }

  /** Runs the handshake. Whatever fails in it refuses the upgrade. */
  async #decide({ request, params, ...upgrade }: IncomingUpgrade): Promise<void> {
    const { mount, transport } = upgrade;
    const { handshakes } = this.#setup.live;
    handshakes.begin(transport);
    this.#setup.unauthenticated.begin();
    try {
      const kept = mount.recheck && keepRequest(request, params);
      const { trustProxy, handshakeTimeout } = mount.gateway.options;
      const facts = { params, trustProxy, isRecheck: false };
      const prepared = prepareHandshake(request, facts, this.#setup.prototypes);
      const decision = mount.handshake.decide(prepared.request, prepared.response);
      const outcome = await (handshakeTimeout > 0 ? decision : whileWanted(decision, transport));
      if (outcome === undefined) return void transport.destroy();
      this.#complete({ ...upgrade, request: prepared.request, kept }, outcome);
    } catch (exception) {
      this.#setup.reporter.reportHandshake(exception, mount.gateway.path);
      this.#answer(transport, { status: 500, reason: 'Internal server error', headers: {} });
    } finally {
      this.#setup.unauthenticated.end();
      handshakes.end(transport);
    }
  }

  #complete(upgrade: Upgrade, outcome: HandshakeOutcome): void {
    const { transport } = upgrade;
    if (!outcome.allow) {
      const { status, headers, body } = outcome;
      return this.#answer(transport, { status, reason: body, headers });
    }
    if (this.#setup.live.isDraining) return this.#answer(transport, SHUTTING_DOWN);
    if (!transport.readable || !transport.writable) return void transport.destroy();
    this.#sessions.start(upgrade, outcome.headers);
  }
}
