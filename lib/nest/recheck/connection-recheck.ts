import { HttpException } from '@nestjs/common';
import { CLOSE_CODE } from '../../protocol/closing/close-codes.js';
import { WSGATE_CLOSE_CODE } from '../../protocol/wsgate/close-codes.js';
import { closeCodeOf } from '../errors/close-code.js';
import { isInstance } from '../errors/is-instance.js';
import type { HttpPrototypes } from '../handshake/http-prototypes.js';
import type { SessionRecheck } from '../session/session-recheck.js';
import type { SessionReporter } from '../errors/session-reporter.js';
import type { WsConnection } from '../connection/ws-connection.js';
import type { KeptRequest } from './kept-request.js';
import type { Found, PathRecheck } from './path-recheck.js';
import type { Rechecked } from './recheck-sweep.js';

/** What all rechecks of an application share. */
export interface RecheckHost {
  readonly reporter: SessionReporter;
  readonly prototypes: HttpPrototypes | undefined;
}

/** The part of a session that is used here. */
export interface CheckedSession {
  readonly connection: WsConnection;
  close(code: number, reason: string): void;
}

/** The close reasons clients get; never what a guard said. */
const REASONS: ReadonlyMap<number, string> = new Map<number, string>([
  [WSGATE_CLOSE_CODE.SESSION_ENDED, 'the session ended'],
  [WSGATE_CLOSE_CODE.NO_LONGER_ALLOWED, 'no longer allowed here'],
  [WSGATE_CLOSE_CODE.TOO_MANY, 'too many'],
]);

/**
 * The rechecks of one connection. One runs at a time; all who ask while it runs share the one after
 * it. Fails closed: if the guards throw or take too long, the connection is closed with 1011, after
 * which the client comes back and is checked in full.
 */
export class ConnectionRecheck implements SessionRecheck, Rechecked {
  readonly #path: PathRecheck;
  readonly #host: RecheckHost;
  readonly #kept: KeptRequest;
  #session: CheckedSession | undefined = undefined;
  #running: Promise<void> | undefined = undefined;
  #next: Promise<void> | undefined = undefined;
  #isStopped = false;

  constructor(path: PathRecheck, host: RecheckHost, kept: KeptRequest) {
    this.#path = path;
    this.#host = host;
    this.#kept = kept;
  }

  /** From now on the session is checked. One that has ended already is not. */
  watch(session: CheckedSession): void {
    if (this.#isStopped) return;
    this.#session = session;
    this.#path.sweep?.add(this);
  }

  covers(type: string): boolean {
    return this.#path.covers(type);
  }

  check(): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    if (this.#running === undefined) return this.#begin();
    // The guards of the running check may have read something that has changed since, so its result
    // does not count for a request that comes now.
    this.#next = this.#running.then(() => {
      this.#next = undefined;
      return this.#begin();
    });
    return this.#next;
  }

  stop(): void {
    this.#isStopped = true;
    this.#session = undefined;
    this.#path.sweep?.delete(this);
  }

  #begin(): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    this.#running = this.#path.context.run(() => this.#run());
    return this.#running;
  }

  async #run(): Promise<void> {
    try {
      this.#accept(await this.#path.pass(this.#kept, this.#host.prototypes));
    } catch (exception) {
      this.#refuse(exception);
    } finally {
      this.#running = undefined;
    }
  }

  #accept({ user, session }: Found): void {
    const connection = this.#session?.connection;
    if (connection === undefined) return;
    if (this.#path.isSameUser(connection.checkedUser, user)) connection.renew(user, session);
    else this.#close(WSGATE_CLOSE_CODE.SESSION_ENDED);
  }

  #refuse(exception: unknown): void {
    const id = this.#session?.connection.id;
    if (id === undefined) return;
    const code = closeCodeOf(exception);
    this.#close(code);
    if (code !== CLOSE_CODE.INTERNAL_ERROR) return;
    const { reporter } = this.#host;
    const isHttp = isInstance(exception, HttpException);
    if (isHttp) reporter.noteBreach(`a recheck failed: ${exception.message}`, id);
    else reporter.report(exception, id, `a recheck of ${this.#path.path}`);
  }

  #close(code: number): void {
    this.#session?.close(code, REASONS.get(code) ?? '');
  }
}
