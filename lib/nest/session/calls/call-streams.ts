import type { ObservableInput } from 'rxjs';
import type { ByteAccount } from '../byte-account.js';
import type { Call } from './call.js';
import { Gauge } from '../gauge.js';
import type { MessageId } from '../../../protocol/wsgate/message-id.js';
import type { ServerMessage } from '../../../protocol/wsgate/server-message.js';
import type { MessageSender } from '../message-sender.js';
import type { SessionLimits } from '../session-limits.js';
import type { ConnectionReporter } from '../session-reporter.js';
import { IterableStream, type PulledSource } from '../stream/iterable-stream.js';
import { ObservableStream } from '../stream/observable-stream.js';
import type { OutgoingStream, StreamEnding } from '../stream/outgoing-stream.js';
import type { EncodedItem } from '../stream/overflow-buffer.js';
import type { StreamHost } from '../stream/stream-host.js';

/** What the streams of a connection need from the rest of its session. */
export interface CallStreamsOwner extends ByteAccount {
  /** Is the connection below its high-water mark? If not, `wakeAll` is called when it is. */
  hasRoom(): boolean;
  /** The source ended by itself. */
  onStreamEnded(call: Call, ending: StreamEnding): void;
  /** An item could not be encoded. */
  onStreamBroken(call: Call, error: unknown): void;
}

/** What {@link CallStreams} are made of. */
export interface CallStreamsSetup {
  readonly sender: MessageSender;
  readonly reporter: ConnectionReporter;
  readonly limits: SessionLimits;
}

/** The streams of one connection: opens, wakes and stops them. */
export class CallStreams implements StreamHost {
  /** Streams that are open. */
  readonly open = new Gauge();
  readonly reporter: ConnectionReporter;
  #sentItems = 0;
  readonly #sender: MessageSender;
  readonly #owner: CallStreamsOwner;
  readonly #limits: SessionLimits;
  /**
   * The sizes of the messages of open streams, summed: their payloads are kept for the exception
   * filters.
   */
  #openBytes = 0;
  #streaming: Set<Call> | undefined = undefined;

  constructor({ sender, reporter, limits }: CallStreamsSetup, owner: CallStreamsOwner) {
    this.#sender = sender;
    this.reporter = reporter;
    this.#limits = limits;
    this.#owner = owner;
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
    this.#start(call, new IterableStream(source, call, this));
  }

  /** Subscribes to an Observable. */
  subscribe(call: Call, source: ObservableInput<unknown>): void {
    this.#start(call, new ObservableStream(source, call, this));
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
      if (!this.#owner.hasRoom()) return;
      if (!streaming.delete(call)) continue;
      streaming.add(call);
      call.stream?.wake();
    }
  }

  canSend(call: Call): boolean {
    return call.credit > 0 && this.#owner.hasRoom();
  }

  sendNext(call: Call, data: unknown, gap: number): void {
    const { id } = call;
    if (call.isOver || id === undefined) return;
    this.#count(call);
    const dropped = gap + call.dropped;
    call.dropped = 0;
    try {
      this.#sender.send(nextOf(id, data, dropped));
    } catch (error) {
      call.dropped = dropped;
      this.#owner.onStreamBroken(call, error);
    }
  }

  encodeNext({ id }: Call, data: unknown, dropped: number): EncodedItem | undefined {
    if (id === undefined) return undefined;
    try {
      return this.#sender.encode(nextOf(id, data, dropped));
    } catch {
      // Sending it will fail again when its turn comes: the items before it are sent first.
      return undefined;
    }
  }

  sendEncoded(call: Call, encoded: EncodedItem): void {
    if (call.isOver) return;
    this.#count(call);
    this.#sender.sendEncoded(encoded);
  }

  addHeldBytes(bytes: number): void {
    this.#owner.addHeldBytes(bytes);
  }

  streamEnded(call: Call, ending: StreamEnding, dropped: number): void {
    this.#forget(call);
    call.dropped += dropped;
    this.#owner.onStreamEnded(call, ending);
  }

  #count(call: Call): void {
    call.credit -= 1;
    this.#sentItems += 1;
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

function nextOf(id: MessageId, data: unknown, dropped: number): ServerMessage {
  return dropped > 0 ? { op: 'next', id, data, dropped } : { op: 'next', id, data };
}
