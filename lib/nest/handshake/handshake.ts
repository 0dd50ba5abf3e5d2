import {
  ForbiddenException,
  HttpException,
  InternalServerErrorException,
  ServiceUnavailableException,
} from '@nestjs/common';
import { withDeadline } from '../waiting/deadlines.js';
import type { ExceptionReporter } from '../errors/exception-reporter.js';
import { isInstance } from '../errors/is-instance.js';
import type { GatewayEndpoint } from '../gateway/gateway-endpoint.js';
import type { ResolvedWsOptions } from '../options/ws-module-options.js';
import { isOriginAllowed } from './check-origin.js';
import { describeCause, describeOrigin } from './describe-decider.js';
import {
  type AnswerHeaders,
  type HandshakeOutcome,
  pickHeaders,
  refuse,
  refuseAs,
} from './handshake-outcome.js';
import type { HandshakeResponse } from './handshake-response.js';
import { type HandshakeAttempt, runGuardGroups, type GuardGroup } from './run-guard-groups.js';
import type { UpgradeRequest } from './upgrade-request.js';

/**
 * The checks of one path before the 101: the Origin check and the guards. Fails closed: if a guard
 * throws, rejects or takes too long, the upgrade is refused.
 */
export class Handshake {
  readonly #path: string;
  readonly #options: ResolvedWsOptions;
  readonly #guardGroups: readonly GuardGroup[];
  readonly #reporter: ExceptionReporter;

  constructor(
    { path, options }: GatewayEndpoint,
    guardGroups: readonly GuardGroup[],
    reporter: ExceptionReporter,
  ) {
    this.#path = path;
    this.#options = options;
    this.#guardGroups = guardGroups;
    this.#reporter = reporter;
  }

  /** Decides about one upgrade; never throws or rejects. */
  async decide(request: UpgradeRequest, response: HandshakeResponse): Promise<HandshakeOutcome> {
    const attempt = begin(request, response);
    const outcome = await this.#findOutcome(attempt);
    if (!outcome.allow) this.#note(attempt, outcome.status);
    return outcome;
  }

  /**
   * Runs the checks only. Rejects with the exception that refused, but resolves if a guard refused
   * by ending the response.
   */
  pass(request: UpgradeRequest, response: HandshakeResponse): Promise<void> {
    return this.#pass(begin(request, response));
  }

  async #pass(attempt: HandshakeAttempt): Promise<void> {
    const { request, response } = attempt;
    if (!isOriginAllowed(request, this.#options)) {
      attempt.decider = describeOrigin(request);
      throw new ForbiddenException('Origin refused');
    }
    const answered = Promise.race([runGuardGroups(this.#guardGroups, attempt), response.ended]);
    await withDeadline(this.#options.handshakeTimeout, answered, () => {
      attempt.isLate = true;
      return new ServiceUnavailableException();
    });
  }

  /** A guard that is late is the server's trouble, not the client's. */
  #note({ decider, isLate }: HandshakeAttempt, status: number): void {
    if (!isLate) return this.#reporter.noteRefusal(this.#path, `${status} ${decider}`);
    const why = `${status} ${decider}, which took longer than handshakeTimeout`;
    this.#reporter.noteUnable(this.#path, why);
  }

  async #findOutcome(attempt: HandshakeAttempt): Promise<HandshakeOutcome> {
    const { response } = attempt;
    try {
      await this.#pass(attempt);
      if (!response.hasEnded)
        return { allow: true, headers: pickHeaders(response.takeHeaders(101)) };
      const { statusCode } = response.response;
      return refuseAs(statusCode, pickHeaders(response.takeHeaders(statusCode)), response.body);
    } catch (exception) {
      return this.#refuse(exception, attempt);
    }
  }

  #refuse(exception: unknown, attempt: HandshakeAttempt): HandshakeOutcome {
    const headers = pickHeaders(attempt.response.response.getHeaders());
    if (!isInstance(exception, HttpException)) return this.#fail(exception, headers);
    try {
      attempt.decider += describeCause(exception);
      return refuse(exception, headers);
    } catch (unwritable) {
      // The body of the exception has no JSON form: a cycle, a bigint.
      return this.#fail(unwritable, headers);
    }
  }

  #fail(exception: unknown, headers: AnswerHeaders): HandshakeOutcome {
    this.#reporter.reportHandshake(exception, this.#path);
    return refuse(new InternalServerErrorException(), headers);
  }
}

function begin(request: UpgradeRequest, response: HandshakeResponse): HandshakeAttempt {
  return { request, response, decider: 'by a guard', isLate: false };
}
