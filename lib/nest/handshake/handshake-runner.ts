import {
  type ExecutionContext,
  ForbiddenException,
  HttpException,
  Injectable,
  InternalServerErrorException,
  ServiceUnavailableException,
} from '@nestjs/common';
import { withDeadline } from '../deadlines.js';
import { isInstance } from '../errors/is-instance.js';
import { ensureHandshakeMethod } from '../decorators/handshake-method.js';
import { ExceptionReporter } from '../errors/exception-reporter.js';
import type { Endpoint } from '../gateway/endpoint.js';
import type { GatewayDescriptor } from '../gateway/gateway-descriptor.js';
import { ExecutionContextHost } from '../nest-internals.js';
import { runGuards } from '../pipeline/run-guards.js';
import type { ResolvedWsOptions } from '../ws-module-options.js';
import { isOriginAllowed } from './check-origin.js';
import { describeGuard, describeOrigin } from './describe-decider.js';
import { type GuardSource, HandshakeGuards } from './handshake-guards.js';
import {
  type HandshakeHeaders,
  type HandshakeOutcome,
  pickHeaders,
  refuse,
  refuseAs,
} from './handshake-outcome.js';
import type { HandshakeResponse } from './handshake-response.js';
import type { UpgradeRequest } from './upgrade-request.js';

/** The Origin check and the guards of one path. */
export interface Handshake {
  /** Decides about one upgrade; never throws or rejects. */
  decide(request: UpgradeRequest, response: HandshakeResponse): Promise<HandshakeOutcome>;
  /**
   * Only runs what stands before the 101. Rejects with what refused; resolves as well when a guard
   * has refused by ending the response.
   */
  pass(request: UpgradeRequest, response: HandshakeResponse): Promise<void>;
}

/** One handshake on its way. */
interface Attempt {
  readonly request: UpgradeRequest;
  readonly response: HandshakeResponse;
  /** Whose word it hangs on, for the log. */
  decider: string;
}

/** Guards, and the class whose handshake they guard. */
interface Station {
  readonly gateway: GatewayDescriptor;
  readonly guards: readonly GuardSource[];
}

/**
 * Runs what stands before the 101: the Origin check, global guards, handshake guards. Everything
 * fails closed: a guard that throws, rejects or takes too long refuses.
 */
@Injectable()
export class HandshakeRunner {
  readonly #guards: HandshakeGuards;
  readonly #reporter: ExceptionReporter;

  constructor(guards: HandshakeGuards, reporter: ExceptionReporter) {
    this.#guards = guards;
    this.#reporter = reporter;
  }

  /** Finds the guards of an endpoint, once. @throws InvalidUse for a guard Nest does not know. */
  prepare(endpoint: Endpoint): Handshake {
    const stations = this.#findStations(endpoint);
    const { path, options } = endpoint;
    const pass = (attempt: Attempt): Promise<void> => passInTime(options, stations, attempt);
    return {
      pass: (request, response) => pass({ request, response, decider: 'by a guard' }),
      decide: (request, response) =>
        this.#decide(path, pass, { request, response, decider: 'by a guard' }),
    };
  }

  #findStations({ gateways, options }: Endpoint): readonly Station[] {
    const own = gateways.map((gateway) => ({ gateway, guards: this.#guards.findOwn(gateway) }));
    if (options.globalGuards === 'message') return own;
    // For each class: what opens one of them to everybody (`@Public()`, say) must not open the others.
    const global = gateways.map((gateway) => ({
      gateway,
      guards: this.#guards.findGlobal(gateway),
    }));
    return [...global, ...own];
  }

  async #decide(
    path: string,
    pass: (attempt: Attempt) => Promise<void>,
    attempt: Attempt,
  ): Promise<HandshakeOutcome> {
    const outcome = await this.#findOutcome(path, pass(attempt), attempt.response);
    if (!outcome.allow) this.#reporter.noteRefusal(path, `${outcome.status} ${attempt.decider}`);
    return outcome;
  }

  async #findOutcome(
    path: string,
    passed: Promise<void>,
    response: HandshakeResponse,
  ): Promise<HandshakeOutcome> {
    try {
      await passed;
      if (!response.hasEnded)
        return { allow: true, headers: pickHeaders(response.takeHeaders(101)) };
      const { statusCode } = response.response;
      return refuseAs(statusCode, pickHeaders(response.takeHeaders(statusCode)), response.body);
    } catch (exception) {
      return this.#refuse(exception, path, pickHeaders(response.response.getHeaders()));
    }
  }

  #refuse(exception: unknown, path: string, headers: HandshakeHeaders): HandshakeOutcome {
    if (!isInstance(exception, HttpException)) return this.#fail(exception, path, headers);
    try {
      return refuse(exception, headers);
    } catch (unwritable) {
      // What the exception has to say has no JSON: a cycle, a bigint.
      return this.#fail(unwritable, path, headers);
    }
  }

  #fail(exception: unknown, path: string, headers: HandshakeHeaders): HandshakeOutcome {
    this.#reporter.reportHandshake(exception, path);
    return refuse(new InternalServerErrorException(), headers);
  }
}

async function passInTime(
  options: ResolvedWsOptions,
  stations: readonly Station[],
  attempt: Attempt,
): Promise<void> {
  const { request, response } = attempt;
  if (!isOriginAllowed(request, options)) {
    attempt.decider = describeOrigin(request);
    throw new ForbiddenException('Origin refused');
  }
  const answered = Promise.race([passAll(stations, attempt), response.ended]);
  await withDeadline(options.handshakeTimeout, answered, () => {
    attempt.decider += ', which took longer than handshakeTimeout';
    return new ServiceUnavailableException();
  });
}

async function passAll(stations: readonly Station[], attempt: Attempt): Promise<void> {
  const { request, response } = attempt;
  for (const { gateway, guards } of stations) {
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
