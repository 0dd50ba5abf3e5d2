import { HttpException, ServiceUnavailableException } from '@nestjs/common';
import { RootContext } from '../../socket/root-context.js';
import { toRefusalStatus } from '../handshake/handshake-outcome.js';
import type { Handshake } from '../handshake/handshake.js';
import type { HttpPrototypes } from '../handshake/http-prototypes.js';
import { prepareHandshake } from '../handshake/prepare-handshake.js';
import type { ResolvedWsOptions } from '../options/ws-module-options.js';
import { whileWanted } from '../waiting/while-wanted.js';
import { type KeptRequest, reviveRequest } from './kept-request.js';
import { RecheckSweep } from './recheck-sweep.js';

/** What the guards put on the request. */
export interface Found {
  readonly user: unknown;
  readonly session: unknown;
}

/** What all connections of a path share of their rechecks. */
export class PathRecheck {
  readonly path: string;
  /** Absent without `every`. */
  readonly sweep: RecheckSweep | undefined;
  /** Where the checks run: the sweep has one timer for all connections. */
  readonly context = new RootContext();
  readonly #options: ResolvedWsOptions;
  readonly #handshake: Handshake;
  readonly #types: ReadonlySet<string> | 'message';

  constructor(
    { path, options }: { readonly path: string; readonly options: ResolvedWsOptions },
    handshake: Handshake,
  ) {
    const { every, on } = options.recheck;
    this.path = path;
    this.sweep = every > 0 ? new RecheckSweep(every) : undefined;
    this.#options = options;
    this.#handshake = handshake;
    this.#types = on === 'message' ? on : new Set(on);
  }

  /** Must messages of this type wait for a check? */
  covers(type: string): boolean {
    return this.#types === 'message' || this.#types.has(type);
  }

  /** As the option `sameUser`; what it throws goes through. */
  isSameUser(before: unknown, now: unknown): boolean {
    // Only `true` counts: a promise, for one, is not an answer.
    const answer: unknown = this.#options.recheck.sameUser(before, now);
    return answer === true;
  }

  /**
   * Runs the handshake's checks on the request as it came, with a response nobody reads. Rejects
   * with what refused; a guard that ended the response refused with an `HttpException`.
   */
  async pass(kept: KeptRequest, prototypes: HttpPrototypes | undefined): Promise<Found> {
    const { trustProxy } = this.#options;
    const facts = { params: kept.params, trustProxy, isRecheck: true };
    const { request, response } = prepareHandshake(reviveRequest(kept), facts, prototypes);
    await this.#unlessGone(this.#handshake.pass(request, response), kept);
    if (response.hasEnded) {
      const status = toRefusalStatus(response.response.statusCode, 403);
      throw new HttpException(`a guard answered with ${status}`, status);
    }
    const { user, session } = request;
    return { user, session };
  }

  /**
   * Where guards have no deadline, one that never answers for a client that has gone would keep its
   * place in the sweep for ever: 64 such clients, and nobody was checked any more.
   */
  async #unlessGone(passed: Promise<void>, { socket }: KeptRequest): Promise<void> {
    if (this.#options.handshakeTimeout > 0) return passed;
    const isDecided = await whileWanted(
      passed.then(() => true),
      socket,
    );
    if (!isDecided) throw new ServiceUnavailableException();
  }
}
