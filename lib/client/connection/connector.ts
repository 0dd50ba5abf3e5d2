import type { ServerMessage } from '../../protocol/wsgate/server-message.js';
import { callSafely } from '../errors/report-error.js';
import type { WsEnd } from '../ws-end.js';
import type { WsStatus } from '../ws-status.js';
import { Alarm } from './alarm.js';
import { Attempt } from './attempt.js';
import type { WsAuthHook, WsCredentials } from './auth.js';
import { backoffDelay } from './backoff.js';
import { isOffline, watchEnvironment } from './environment.js';
import { isToldToSlowDown } from './reconnect-rule.js';
import { Link, type LinkListener, type LinkSettings } from './link.js';
import { attemptUrl } from './attempt-url.js';
import type { WsSocketFactory } from './ws-socket.js';

/** The client's options that a connector reads: how to connect, and when to try again. */
export interface ConnectorSettings extends LinkSettings {
  readonly webSocket: WsSocketFactory;
  readonly auth?: WsAuthHook;
  readonly backoff: Readonly<Record<'minMs' | 'maxMs', number>>;
  readonly random: () => number;
  readonly shouldReconnect: (end: WsEnd) => boolean;
}

/** Is told what happens to the connections. */
export interface ConnectorListener {
  onStatus(status: WsStatus): void;
  /** Messages may be sent here from now on. */
  onOpen(link: Link): void;
  /** The server is about to close this one: nothing new may be sent here. */
  onRetired(link: Link, afterMs: number): void;
  onMessage(link: Link, message: ServerMessage, length: number): void;
  onEnd(link: Link, end: WsEnd): void;
  /** No attempt will follow, until `start` is called. */
  onStopped(end: WsEnd): void;
}

/** A connection that lived this long was a good one: failures are counted from 0 again. */
const GOOD_AFTER_MS = 5_000;

/**
 * The longest `Retry-After` that is obeyed: a server's mistake must not keep clients away for a
 * day.
 */
const MAX_RETRY_AFTER_MS = 300_000;

/**
 * Keeps one connection open: tries, waits, tries again, and after a goaway gets the next connection
 * while the old one still works.
 */
export class Connector implements LinkListener {
  readonly #url: string | URL;
  readonly #settings: ConnectorSettings;
  readonly #listener: ConnectorListener;
  readonly #delay = new Alarm();
  /** Every link that has not ended: the current one, and those that the server is about to close. */
  readonly #links = new Set<Link>();
  #attempt: Attempt | undefined;
  #current: Link | undefined;
  #isWaiting = false;
  #isRunning = false;
  #failures = 0;
  #openedAt = 0;
  #lastEnd: WsEnd | undefined;
  #unwatch: (() => void) | undefined;
  #onEmpty: (() => void) | undefined;

  constructor(url: string | URL, settings: ConnectorSettings, listener: ConnectorListener) {
    this.#url = url;
    this.#settings = settings;
    this.#listener = listener;
  }

  /** Is there a connection that can be sent on? */
  get isOpen(): boolean {
    return this.#current?.isOpen === true;
  }

  /** Begins, or, where it waits for the next attempt, makes that attempt now. */
  start(): void {
    if (this.#isWaiting) this.#tryNow();
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#failures = 0;
    this.#unwatch = watchEnvironment(() => this.#onChange());
    this.#tryNow();
  }

  /** Closes every connection, and resolves when they are closed. */
  async close(code: number, reason: string): Promise<void> {
    this.#halt();
    for (const link of this.#links) link.close(code, reason);
    if (this.#links.size > 0) await new Promise<void>((resolve) => (this.#onEmpty = resolve));
  }

  onOpen(link: Link): void {
    this.#openedAt = performance.now();
    this.#listener.onStatus({ state: 'open' });
    this.#listener.onOpen(link);
  }

  onMessage(link: Link, message: ServerMessage, length: number): void {
    if ('op' in message && message.op === 'goaway') this.#retire(link, message.afterMs ?? 0);
    else this.#listener.onMessage(link, message, length);
  }

  onEnd(link: Link, end: WsEnd): void {
    this.#links.delete(link);
    const wasCurrent = link === this.#current;
    if (wasCurrent) this.#current = undefined;
    this.#listener.onEnd(link, end);
    if (wasCurrent && this.#isRunning) this.#retry(end);
    if (this.#links.size === 0) this.#onEmpty?.();
  }

  #retire(link: Link, afterMs: number): void {
    this.#listener.onRetired(link, afterMs);
    if (link !== this.#current || !this.#isRunning) return;
    this.#current = undefined;
    this.#count(true);
    this.#tryLater();
  }

  #retry(end: WsEnd): void {
    this.#lastEnd = end;
    this.#count(end.wasOpen && !isToldToSlowDown(end));
    // What it throws is not an answer: a client that stopped here would say that it is open for ever.
    let isWanted = true;
    callSafely(() => (isWanted = this.#settings.shouldReconnect(end)));
    // The application, which was just called, may have closed the client.
    if (!this.#isRunning) return;
    if (isWanted) this.#tryLater(end);
    else this.#stop(end);
  }

  #count(wasOpen: boolean): void {
    const wasGood = wasOpen && performance.now() - this.#openedAt >= GOOD_AFTER_MS;
    this.#failures = wasGood ? 0 : this.#failures + 1;
  }

  #tryLater(end?: WsEnd): void {
    const { backoff, random } = this.#settings;
    // The upper half of the range: a delay near 0 would ignore what the server said.
    const chance = end && isToldToSlowDown(end) ? (1 + random()) / 2 : random();
    // Added to what the server said, so that clients that were told the same do not come back all
    // at once.
    const backoffMs = isOffline() ? backoff.maxMs : backoffDelay(this.#failures, backoff, chance);
    const delayMs = Math.min(end?.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS) + backoffMs;
    this.#isWaiting = true;
    this.#delay.set(delayMs, () => this.#tryNow());
    this.#listener.onStatus({ state: 'waiting', attempt: this.#failures + 1, delayMs, end });
  }

  #tryNow(): void {
    this.#delay.clear();
    this.#isWaiting = false;
    const { auth, connectTimeoutMs } = this.#settings;
    const number = this.#failures + 1;
    const attempt = new Attempt();
    this.#attempt = attempt;
    this.#listener.onStatus({ state: 'connecting', attempt: number });
    if (attempt !== this.#attempt) return;
    if (!auth) return this.#open();
    attempt.authorize(auth, number, this.#lastEnd, connectTimeoutMs).then(
      (credentials) => this.#onAuthorized(attempt, credentials),
      (error: unknown) => this.#onRefused(attempt, error),
    );
  }

  #onAuthorized(attempt: Attempt, credentials: WsCredentials | false | void): void {
    if (attempt !== this.#attempt) return;
    if (credentials === false) this.#stop(failedAttempt('auth said no'));
    else this.#open(credentials ?? undefined);
  }

  #onRefused(attempt: Attempt, error: unknown): void {
    if (attempt === this.#attempt) this.#retry(failedAttempt('auth failed', error));
  }

  #open(credentials?: WsCredentials): void {
    const { webSocket, codec } = this.#settings;
    let link: Link;
    try {
      const url = attemptUrl(this.#url, credentials?.query);
      const socket = webSocket(url, [codec.protocol], credentials?.headers);
      link = new Link(socket, this.#settings, this);
    } catch (error) {
      // Trying again cannot help if a URL or an option cannot be used.
      return this.#stop(failedAttempt('unusable options', error));
    }
    this.#current = link;
    this.#links.add(link);
  }

  /** The network or the page has changed. */
  #onChange(): void {
    if (this.isOpen) this.#current?.probe();
    else if (this.#isWaiting && !isOffline()) this.#tryNow();
  }

  #stop(end: WsEnd): void {
    this.#halt();
    this.#listener.onStopped(end);
    for (const link of this.#links) link.close(1000, 'given up');
  }

  #halt(): void {
    this.#isRunning = false;
    this.#isWaiting = false;
    this.#delay.clear();
    this.#unwatch?.();
    this.#attempt?.abort('CLOSED', 'The client is closed');
    this.#attempt = undefined;
  }
}

function failedAttempt(reason: string, error?: unknown): WsEnd {
  return { code: 1006, reason, wasOpen: false, error };
}
