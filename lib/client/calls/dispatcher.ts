import type { EventMessage } from '../../protocol/wsgate/client-message.js';
import type { WsClientCodec } from '../client-codec.js';
import type { Link } from '../connection/link.js';
import { WsClientError } from '../errors/ws-client-error.js';
import type { WsEnd } from '../ws-end.js';
import type { Call, OutcomeMessage } from './call.js';

/** The client's options that a dispatcher reads: how much may be under way, and how it is written. */
export interface DispatcherSettings {
  readonly maxOutbox: number;
  readonly maxBufferedBytes: number;
  readonly maxCallsInFlight: number;
  readonly codec: WsClientCodec;
}

/** An event, encoded when it was given: what the application changes later is not sent. */
type EncodedEvent = ReturnType<WsClientCodec['encode']>;

interface Entry {
  readonly id: number;
  readonly call: Call;
  /** Where it was sent; undefined while it waits in the outbox. */
  link: Link | undefined;
}

/**
 * Sends what can be sent and keeps the rest in order; knows which call went where, so that each is
 * answered, sent again, or failed.
 */
export class Dispatcher {
  /** How the last attempt to connect ended; undefined while there is a connection. */
  lastFailure: WsEnd | undefined;
  readonly #settings: DispatcherSettings;
  readonly #entries = new Map<number, Entry>();
  #outbox: (Entry | EncodedEvent)[] = [];
  #link: Link | undefined;
  /**
   * Links the server is about to close. Until the time noted, the end of such a link means that the
   * server did not read what it has not answered.
   */
  readonly #retired = new Map<Link, number>();
  #lastId = 0;
  /** Calls sent and not answered. */
  #inFlight = 0;
  /** Set while the client is closed or has given up: why nothing is accepted. */
  #closed: WsClientError | undefined;

  constructor(settings: DispatcherSettings) {
    this.#settings = settings;
  }

  /** Calls and streams that have no outcome yet. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Sends an event, now or when there is a connection. Throws {@link WsClientError}, and
   * what the codec throws.
   */
  sendEvent(event: EventMessage): void {
    this.#admit();
    this.#outbox.push(this.#settings.codec.encode(event));
    this.#flush();
  }

  /** Starts a call. Returns its id, by which it can be cancelled. Throws as {@link sendEvent}. */
  start(call: Call): number {
    this.#admit();
    const entry: Entry = { id: ++this.#lastId, call, link: undefined };
    this.#entries.set(entry.id, entry);
    this.#outbox.push(entry);
    this.#flush();
    return entry.id;
  }

  /** Nobody wants the outcome any more: the server is told, if it knows of the call. */
  cancel(id: number): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    const { link } = entry;
    this.#forget(entry);
    link?.send({ op: 'cancel', id });
    this.#settle(link);
  }

  /**
   * Allows the server `n` more items. It causes these messages by sending, so if it does not read
   * them, nothing else bounds what piles up: then the connection is given up.
   */
  addCredit(id: number, n: number): void {
    const link = this.#entries.get(id)?.link;
    if (link && link.bufferedAmount > this.#settings.maxBufferedBytes) {
      link.abort('the server does not read');
    } else link?.send({ op: 'credit', id, n });
  }

  /** A message arrived for a call. If the call has ended meanwhile, it is ignored. */
  receive(link: Link, message: OutcomeMessage): void {
    const entry = this.#entries.get(message.id as number);
    if (entry?.link !== link) return;
    if (message.op !== 'next') this.#forget(entry);
    entry.call.receive(message);
    this.#settle(link);
  }

  /** From now on messages go here. Streams that can resume leave the connections that will close. */
  open(link: Link): void {
    this.#link = link;
    this.lastFailure = undefined;
    const moving = [...this.#entries.values()].filter((entry) => canMove(entry, link));
    for (const { link: from, id } of moving) from?.send({ op: 'cancel', id });
    this.#putBack(moving);
    this.#flush();
    for (const old of this.#retired.keys()) this.#closeIdle(old);
  }

  /** Sends nothing new here. What is in flight may end within `afterMs` milliseconds. */
  retire(link: Link, afterMs: number): void {
    if (link !== this.#link) return;
    this.#link = undefined;
    this.#retired.set(link, performance.now() + afterMs / 2);
  }

  /**
   * The connection is gone. What was sent on it is sent again if that is allowed, and fails
   * otherwise.
   */
  end(link: Link, end: WsEnd): void {
    if (link === this.#link) this.#link = undefined;
    const wasRead = !this.#leavesUnread(link, end);
    this.#retired.delete(link);
    const lost = this.#entriesOn(link).filter(
      ({ call }) => !call.isRepeatable && (call.isStream || wasRead),
    );
    for (const entry of lost) this.#forget(entry);
    this.#putBack(this.#entriesOn(link));
    const error = new WsClientError('CONNECTION_LOST', 'The connection was lost', end);
    for (const { call } of lost) call.fail(error);
    // After a goaway the next connection is open already, so what was put back can be sent.
    this.#flush();
  }

  /** Accepts messages again. */
  reopen(): void {
    this.#closed = undefined;
  }

  /** Fails everything, and accepts nothing more. Returns how many events were waiting. */
  close(error: WsClientError): number {
    this.#closed = error;
    this.#link = undefined;
    const unsent = this.#outbox.filter((waiting) => !isEntry(waiting)).length;
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    this.#outbox = [];
    this.#inFlight = 0;
    for (const { call } of entries) call.fail(error);
    return unsent;
  }

  /**
   * After goaway a server closes with 1001 when it has answered every call it read, or when its time
   * is up. Well before that time, a call without an answer was never read.
   */
  #leavesUnread(link: Link, { code }: WsEnd): boolean {
    return code === 1001 && performance.now() < (this.#retired.get(link) ?? 0);
  }

  #admit(): void {
    if (this.#closed) throw this.#closed;
    const isFull =
      this.#outbox.length >= this.#settings.maxOutbox ||
      (this.#link?.bufferedAmount ?? 0) > this.#settings.maxBufferedBytes;
    if (isFull) throw new WsClientError('OUTBOX_FULL', 'Too much waits');
  }

  #flush(): void {
    while (this.#link?.isOpen) {
      const [first] = this.#outbox;
      if (first === undefined || (isEntry(first) && this.#mustWait(first.call))) return;
      this.#outbox.shift();
      if (isEntry(first)) this.#sendCall(first, this.#link);
      else this.#link.sendEncoded(first);
    }
  }

  #mustWait(call: Call): boolean {
    return !call.isStream && this.#inFlight >= this.#settings.maxCallsInFlight;
  }

  #sendCall(entry: Entry, link: Link): void {
    entry.link = link;
    if (!entry.call.isStream) this.#inFlight++;
    try {
      link.send(entry.call.message(entry.id));
    } catch (error) {
      this.#forget(entry);
      entry.call.fail(error);
    }
  }

  /** Puts them in front, in the order they were started: they have waited longest. */
  #putBack(entries: readonly Entry[]): void {
    for (const entry of entries) this.#unsend(entry);
    this.#outbox = [...entries, ...this.#outbox];
  }

  #unsend(entry: Entry): void {
    if (entry.link && !entry.call.isStream) this.#inFlight--;
    entry.link = undefined;
  }

  #forget(entry: Entry): void {
    if (!this.#entries.delete(entry.id)) return;
    if (!entry.link) this.#outbox = this.#outbox.filter((each) => each !== entry);
    this.#unsend(entry);
  }

  /**
   * A call has ended: there is room for the next one, and an old connection may not be needed any
   * more.
   */
  #settle(link: Link | undefined): void {
    this.#flush();
    if (link && this.#retired.has(link)) this.#closeIdle(link);
  }

  /** Once there is a new connection, an old one is kept for its calls only. */
  #closeIdle(link: Link): void {
    if (this.#link && this.#entriesOn(link).length === 0) link.close(1000, 'done');
  }

  #entriesOn(link: Link): readonly Entry[] {
    return [...this.#entries.values()].filter((entry) => entry.link === link);
  }
}

function isEntry(waiting: Entry | EncodedEvent): waiting is Entry {
  return typeof waiting === 'object' && 'call' in waiting;
}

function canMove({ call, link }: Entry, to: Link): boolean {
  return call.isStream && call.isRepeatable && link !== undefined && link !== to;
}
