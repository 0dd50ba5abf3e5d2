import type { ObservableInput } from 'rxjs';
import { Gauge } from '../gauge.js';
import type { MessageSender } from '../message-sender.js';
import type { SessionLimits } from '../session-limits.js';
import type { ConnectionReporter } from '../../errors/connection-reporter.js';
import { IterableStream, type PulledSource } from '../stream/iterable-stream.js';
import { ObservableStream } from '../stream/observable-stream.js';
import type { OutgoingStream, StreamEnding } from '../stream/outgoing-stream.js';
import { reportTeardown } from '../stream/report-teardown.js';
import type { Call } from './call.js';
import { CallLink, type CallLinkHost, type CallStreamsOwner } from './call-link.js';

/** Is told how streams end. */
export interface CallStreamsListener {
  /** The source ended by itself. */
  onStreamEnded(call: Call, ending: StreamEnding): void;
  /** An item could not be encoded: the stream has been stopped. */
  onStreamBroken(call: Call, error: unknown): void;
}

/** What {@link CallStreams} are made of. */
export interface CallStreamsSetup {
  readonly sender: MessageSender;
  readonly reporter: ConnectionReporter;
  readonly limits: SessionLimits;
  readonly owner: CallStreamsOwner;
}

/** The streams of one connection: opens, wakes and stops them. */
export class CallStreams implements CallLinkHost {
  /** Streams that are open. */
  readonly open = new Gauge();
  readonly owner: CallStreamsOwner;
  readonly sender: MessageSender;
  readonly #reporter: ConnectionReporter;
  readonly #limits: SessionLimits;
  readonly #listener: CallStreamsListener;
  #sentItems = 0;
  /**
   * The sizes of the messages of open streams, summed: their payloads are kept for the exception
   * filters.
   */
  #openBytes = 0;
  #streaming: Set<Call> | undefined = undefined;

  constructor(
    { sender, reporter, limits, owner }: CallStreamsSetup,
    listener: CallStreamsListener,
  ) {
    this.sender = sender;
    this.#reporter = reporter;
    this.#limits = limits;
    this.owner = owner;
    this.#listener = listener;
  }

  /** Items of streams that were sent. */
  get sentItems(): number {
    return this.#sentItems;
  }

  /**
   * May the call become a stream? Streams last long, so they have a limit of their own: if they
   * used up the places of calls, reading would stop, and nothing could give them credit or cancel
   * them.
   */
  hasPlaceFor({ size }: Call): boolean {
    const { value } = this.open;
    const { maxStreamsInFlight, maxCallBytes } = this.#limits;
    if (value >= maxStreamsInFlight) return false;
    return value === 0 || this.#openBytes + size <= maxCallBytes;
  }

  /** Pulls an AsyncIterable, or what a generator gives. */
  iterate(call: Call, source: PulledSource): void {
    this.#start(call, new IterableStream(source, new CallLink(call, this), this.#thrownBy(call)));
  }

  /** Subscribes to an Observable. */
  subscribe(call: Call, source: ObservableInput<unknown>): void {
    const { dropped } = call;
    call.dropped = 0;
    const setup = { options: call.handler.stream, dropped, onThrown: this.#thrownBy(call) };
    this.#start(call, new ObservableStream(source, new CallLink(call, this), setup));
  }

  /** Stops the call's stream, if it has one. */
  stop(call: Call): void {
    const { stream } = call;
    if (stream === undefined) return;
    this.#forget(call);
    stream.stop();
  }

  /**
   * There is room on the connection: wakes the streams in turn. One that has been woken goes to the
   * back, so that a stream that always has something to send leaves room for the others the next
   * time.
   */
  wakeAll(): void {
    const streaming = this.#streaming;
    if (streaming === undefined) return;
    // A copy, because a call that is put to the back of the set would be iterated again.
    for (const call of Array.from(streaming)) {
      if (!this.owner.hasRoom()) return;
      if (!streaming.delete(call)) continue;
      streaming.add(call);
      call.stream?.wake();
    }
  }

  /** Called by the links. */
  countItem(): void {
    this.#sentItems += 1;
  }

  /** Called by the links. */
  onEnded(call: Call, ending: StreamEnding): void {
    this.#forget(call);
    this.#listener.onStreamEnded(call, ending);
  }

  /** Called by the links. */
  onBroken(call: Call, error: unknown): void {
    this.stop(call);
    this.#listener.onStreamBroken(call, error);
  }

  /** Logs what the source throws at its end. Refers to nothing of the connection but its log. */
  #thrownBy({ handler: { label } }: Call): (error: unknown) => void {
    const reporter = this.#reporter;
    return (error) => reportTeardown(error, label, reporter);
  }

  #start(call: Call, stream: OutgoingStream): void {
    call.stream = stream;
    (this.#streaming ??= new Set()).add(call);
    this.open.up();
    this.#openBytes += call.size;
    stream.start();
  }

  #forget(call: Call): void {
    if (this.#streaming?.delete(call) !== true) return;
    call.stream = undefined;
    this.#openBytes -= call.size;
    this.open.down();
  }
}
