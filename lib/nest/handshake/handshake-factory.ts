import { Injectable } from '@nestjs/common';
import { ExceptionReporter } from '../errors/exception-reporter.js';
import type { GatewayEndpoint } from '../gateway/gateway-endpoint.js';
import { Handshake } from './handshake.js';
import { HandshakeGuards } from './handshake-guards.js';
import type { GuardGroup } from './run-guard-groups.js';

/** Makes the handshakes of paths: their Origin check, the global guards and the handshake guards. */
@Injectable()
export class HandshakeFactory {
  readonly #guards: HandshakeGuards;
  readonly #reporter: ExceptionReporter;

  constructor(guards: HandshakeGuards, reporter: ExceptionReporter) {
    this.#guards = guards;
    this.#reporter = reporter;
  }

  /** Finds the guards of an endpoint, once. @throws InvalidUse for a guard Nest does not know. */
  create(endpoint: GatewayEndpoint): Handshake {
    return new Handshake(endpoint, this.#findGuardGroups(endpoint), this.#reporter);
  }

  #findGuardGroups({ gateways, options }: GatewayEndpoint): readonly GuardGroup[] {
    const own = gateways.map((gateway) => ({ gateway, guards: this.#guards.findOwn(gateway) }));
    if (options.globalGuards === 'message') return own;
    // For each class: what opens one of them to everybody (`@Public()`, say) must not open the others.
    const global = gateways.map((gateway) => ({
      gateway,
      guards: this.#guards.findGlobal(gateway),
    }));
    return [...global, ...own];
  }
}
