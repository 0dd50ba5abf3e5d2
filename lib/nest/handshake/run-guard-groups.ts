import type { ExecutionContext } from '@nestjs/common';
import { ensureHandshakeMethod } from '../decorators/handshake-method.js';
import type { GatewayDescriptor } from '../gateway/gateway-descriptor.js';
import { ExecutionContextHost } from '../framework/nest-internals.js';
import { runGuards } from '../pipeline/run-guards.js';
import { describeGuard } from './describe-decider.js';
import type { GuardSource } from './handshake-guards.js';
import type { HandshakeResponse } from './handshake-response.js';
import type { UpgradeRequest } from './upgrade-request.js';

/** Guards, and the gateway class they belong to. */
export interface GuardGroup {
  readonly gateway: GatewayDescriptor;
  readonly guards: readonly GuardSource[];
}

/** One upgrade that is being decided. */
export interface HandshakeAttempt {
  readonly request: UpgradeRequest;
  readonly response: HandshakeResponse;
  /** The check that decides at the moment, for the log. */
  decider: string;
  /** The check took longer than `handshakeTimeout`. */
  isLate: boolean;
}

/** Runs the guards, one after the other. Rejects with the exception of the first that refuses. */
export async function runGuardGroups(
  groups: readonly GuardGroup[],
  attempt: HandshakeAttempt,
): Promise<void> {
  const { request, response } = attempt;
  for (const { gateway, guards } of groups) {
    const context = createContext(gateway, [request, response.response, undefined]);
    for (const source of guards) {
      const guard = await source(request);
      attempt.decider = describeGuard(guard);
      await runGuards([guard], context);
    }
  }
}

function createContext({ classRef }: GatewayDescriptor, args: unknown[]): ExecutionContext {
  const method = ensureHandshakeMethod(classRef.prototype as object);
  const context = new ExecutionContextHost(args, classRef as never, method);
  context.setType('http');
  return context;
}
