import {
  type ExecutionContext,
  ForbiddenException,
  HttpException,
  Injectable,
  InternalServerErrorException,
  ServiceUnavailableException,
} from '@nestjs/common';
import { isInstance } from '../errors/is-instance.js';
import { ensureHandshakeMethod } from '../decorators/handshake-method.js';
import { ExceptionReporter } from '../errors/exception-reporter.js';
import type { Endpoint } from '../gateway/endpoint.js';
import type { GatewayDescriptor } from '../gateway/gateway-descriptor.js';
import { ExecutionContextHost } from '../nest-internals.js';
import { runGuards } from '../pipeline/run-guards.js';
import type { ResolvedWsOptions } from '../ws-module-options.js';
import { isOriginAllowed } from './check-origin.js';
import { type GuardSource, HandshakeGuards } from './handshake-guards.js';
import { type HandshakeOutcome, pickHeaders, refuse, refuseAs } from './handshake-outcome.js';
import type { HandshakeResponse } from './handshake-response.js';
import type { UpgradeRequest } from './upgrade-request.js';
import { withDeadline } from './with-deadline.js';

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
  constructor(
    private readonly guards: HandshakeGuards,
    private readonly reporter: ExceptionReporter,
  ) {}

  /** Finds the guards of an endpoint, once. @throws InvalidUse for a guard Nest does not know. */
  prepare(endpoint: Endpoint): Handshake {
    const stations = this.findStations(endpoint);
    const { path, options } = endpoint;
    const pass: Handshake['pass'] = (request, response) =>
      passInTime(options, stations, request, response);
    return {
      pass,
      decide: (request, response) => this.decide(path, pass(request, response), response),
    };
  }

  private findStations({ gateways, options }: Endpoint): readonly Station[] {
    const own = gateways.map((gateway) => ({ gateway, guards: this.guards.findOwn(gateway) }));
    if (options.globalGuards === 'message') return own;
    const [gateway] = gateways;
    return [{ gateway, guards: this.guards.findGlobal(gateway) }, ...own];
  }

  private async decide(
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
      const headers = pickHeaders(response.response.getHeaders());
      return refuse(this.toHttpException(exception, path), headers);
    }
  }

  private toHttpException(exception: unknown, path: string): HttpException {
    if (isInstance(exception, HttpException)) return exception;
    this.reporter.reportHandshake(exception, path);
    return new InternalServerErrorException();
  }
}

async function passInTime(
  options: ResolvedWsOptions,
  stations: readonly Station[],
  request: UpgradeRequest,
  response: HandshakeResponse,
): Promise<void> {
  if (!isOriginAllowed(request, options)) throw new ForbiddenException('Origin refused');
  const answered = Promise.race([passAll(stations, request, response), response.ended]);
  await withDeadline(options.handshakeTimeout, answered, () => new ServiceUnavailableException());
}

async function passAll(
  stations: readonly Station[],
  request: UpgradeRequest,
  { response }: HandshakeResponse,
): Promise<void> {
  for (const { gateway, guards } of stations) {
    const context = createContext(gateway, [request, response, undefined]);
    for (const source of guards) await runGuards([await source(request)], context);
  }
}

function createContext({ classRef }: GatewayDescriptor, args: unknown[]): ExecutionContext {
  const method = ensureHandshakeMethod(classRef.prototype as object);
  const context = new ExecutionContextHost(args, classRef as never, method);
  context.setType('http');
  return context;
}
