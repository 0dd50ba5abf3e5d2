import { constants, isAscii, isUtf8 } from 'node:buffer';
import { readLatin1 } from '../bulk/strings.js';
import { DEFAULT_LIMITS, type EndpointLimits } from '../endpoint-limits.js';
import { ProtocolViolation } from '../protocol-violation.js';
import type { ProtocolEvent } from '../events.js';
import type { PerMessageDeflate } from '../extensions/permessage-deflate/permessage-deflate.js';
import type { FrameReader } from '../frame/frame-reader.js';
import type { FrameContext } from '../frame/frame-rules.js';
import { OPCODE } from '../frame/opcode.js';
import { SHORT_TEXT_LENGTH } from '../frame/short-text.js';
import type { SlabPool } from '../output/slab-pool.js';
import { MessageAssembler } from './message-assembler.js';
import type { LatestText } from '../text/latest-text.js';
import type { Utf8Decoder } from '../text/utf8-decoder.js';
import { Utf8Validator } from '../text/utf8-validator.js';

/**
 * The most that one string or buffer can hold: a longer message could not be delivered, whatever
 * the limits are.
 */
const LARGEST = Math.min(constants.MAX_STRING_LENGTH, constants.MAX_LENGTH);

/** Memory an incomplete message takes besides its bytes: the state of its UTF-8 validation. */
const UNFINISHED_BYTES = 160;

/**
 * What flushing deflate adds to each fragment, rounded up: an empty stored block, and the end of
 * the block before.
 */
const FLUSH_LENGTH = 16;

/** How far the messages of a peer have come. */
export interface MessageProgress {
  /** Messages that have ended. */
  readonly ended: number;
  /** Bytes that have arrived of the one that has not. */
  readonly bytes: number;
}

/**
 * Puts the data frames of messages together (RFC 6455 5.4). A message that arrives in one piece is
 * read straight from the chunk; only one that does not is copied into an assembler.
 */
export class MessageReader implements FrameContext {
  expectsMask = true;
  isInMessage = false;

  #limits: EndpointLimits = DEFAULT_LIMITS;
  #maxPayload = 0;
  #deflate: PerMessageDeflate | undefined;
  readonly #utf8Decoder: Utf8Decoder;
  readonly #latest: LatestText;
  #isText = false;
  #isCompressed = false;
  /** Bytes announced so far by the headers of the message's frames. */
  #announced = 0;
  #fragments = 0;
  #pieces = 0;
  #isAscii = true;
  #ended = 0;
  readonly #assembler: MessageAssembler;
  #utf8: Utf8Validator | undefined;

  constructor(utf8Decoder: Utf8Decoder, latest: LatestText, slabs: SlabPool) {
    this.#utf8Decoder = utf8Decoder;
    this.#latest = latest;
    this.#assembler = new MessageAssembler(slabs);
  }

  get canBeCompressed(): boolean {
    return this.#deflate !== undefined;
  }

  /** An uncompressed, unfragmented text of up to 125 bytes would break no rule and no limit now. */
  get canTakeShortText(): boolean {
    return !this.isInMessage && this.expectsMask && this.#maxPayload >= SHORT_TEXT_LENGTH;
  }

  /** Sets up reading for the endpoint that borrows it. Called between messages. */
  serve(
    expectsMask: boolean,
    limits: EndpointLimits,
    deflate: PerMessageDeflate | undefined,
  ): void {
    this.expectsMask = expectsMask;
    this.#limits = limits;
    this.#maxPayload = Math.min(limits.maxPayload || Infinity, LARGEST);
    this.#deflate = deflate;
  }

  /** Memory held for an incomplete message. */
  get heldBytes(): number {
    return this.isInMessage ? UNFINISHED_BYTES + this.#assembler.reserved : 0;
  }

  /** Messages that have ended, and bytes of the one that has not. */
  get progress(): MessageProgress {
    return { ended: this.#ended, bytes: this.#assembler.length };
  }

  /**
   * Takes the piece the reader stands at; returns a message when it is complete. Throws
   * {@link ProtocolViolation}.
   */
  accept(frame: FrameReader): ProtocolEvent | undefined {
    if (frame.isFrameStart) this.#beginFrame(frame);
    const isLast = frame.header.fin && frame.missing === 0;
    if (isLast && this.#pieces === 0) return this.#readWhole(frame);
    this.#append(frame);
    return isLast ? this.#readAssembled() : undefined;
  }

  /** Gets ready for the next message: this one has been read, or is dropped unfinished. */
  reset(): void {
    this.isInMessage = false;
    this.#ended++;
    this.#announced = this.#fragments = this.#pieces = 0;
    this.#isAscii = true;
    this.#assembler.reset();
    this.#utf8 = undefined;
  }

  #beginFrame(frame: FrameReader): void {
    const { opcode, rsv1, payloadLength } = frame.header;
    if (opcode !== OPCODE.CONTINUATION) {
      this.isInMessage = true;
      this.#isText = opcode === OPCODE.TEXT;
      this.#isCompressed = rsv1;
    }
    this.#announced += payloadLength;
    if (this.#announced > this.#mostAnnounced()) throw new ProtocolViolation('message-too-big');
    const { maxFragments } = this.#limits;
    if (++this.#fragments > maxFragments && maxFragments > 0) {
      throw new ProtocolViolation('too-many-fragments');
    }
  }

  /**
   * The largest total length of the frames of a message that is within the limit. Compression may
   * lengthen what it cannot shrink.
   */
  #mostAnnounced(): number {
    if (!this.#isCompressed) return this.#maxPayload;
    // The fixed codes of deflate take up to 9 bits for a byte (RFC 1951 3.2.6).
    const ninthBits = this.#maxPayload / 8;
    return this.#maxPayload + ninthBits + FLUSH_LENGTH * (this.#fragments + 1);
  }

  #readWhole(frame: FrameReader): ProtocolEvent {
    const event: ProtocolEvent = this.#isPlainText
      ? { type: 'text', data: this.#readPlainText(frame) }
      : this.#eventOf(frame.chunk.subarray(frame.start, frame.end));
    this.reset();
    return event;
  }

  #readPlainText(frame: FrameReader): string {
    const { chunk, start, end } = frame;
    if (frame.isAscii) return readLatin1(chunk, start, end);
    const bytes = chunk.subarray(start, end);
    // Unmasking tells whether bytes are ASCII: had these been unmasked and been ASCII, it would be
    // known by now.
    if (!this.expectsMask && isAscii(bytes)) return readLatin1(chunk, start, end);
    if (!isUtf8(bytes)) throw new ProtocolViolation('text-not-utf8');
    const text = this.#utf8Decoder.decode(chunk, start, end);
    this.#latest.remember(text, bytes);
    return text;
  }

  #append(frame: FrameReader): void {
    const { maxBufferedChunks } = this.#limits;
    if (++this.#pieces > maxBufferedChunks && maxBufferedChunks > 0) {
      throw new ProtocolViolation('too-many-chunks');
    }
    this.#isAscii &&= frame.isAscii;
    if (this.#isPlainText && !this.#isAscii) this.#validate(frame);
    const willTake = frame.header.fin && this.#isPlainBinary;
    this.#assembler.append(frame, this.#announced, willTake);
  }

  /** Refuses invalid UTF-8 as soon as it has arrived, even in the middle of a frame. */
  #validate(frame: FrameReader): void {
    this.#utf8 ??= new Utf8Validator();
    if (!this.#utf8.push(frame.chunk, frame.start, frame.end)) {
      throw new ProtocolViolation('text-not-utf8');
    }
  }

  #readAssembled(): ProtocolEvent {
    if (this.#utf8?.isComplete === false) throw new ProtocolViolation('text-not-utf8');
    const event = this.#assembledEvent();
    this.reset();
    return event;
  }

  #assembledEvent(): ProtocolEvent {
    if (this.#isPlainBinary) return { type: 'binary', data: this.#assembler.take() };
    const payload = this.#assembler.view;
    // Uncompressed text has been validated piece by piece, as it arrived.
    return this.#isPlainText
      ? { type: 'text', data: this.#decode(payload, this.#isAscii) }
      : this.#eventOf(payload);
  }

  get #isPlainText(): boolean {
    return this.#isText && !this.#isCompressed;
  }

  get #isPlainBinary(): boolean {
    return !this.#isText && !this.#isCompressed;
  }

  #eventOf(payload: Buffer): ProtocolEvent {
    const data =
      this.#isCompressed && this.#deflate !== undefined
        ? this.#deflate.decompress(payload, this.#maxPayload)
        : payload;
    // A copy, because the payload lies in memory that will be used again.
    if (!this.#isText) return { type: 'binary', data: Buffer.from(data) };
    if (isAscii(data)) return { type: 'text', data: this.#decode(data, true) };
    if (!isUtf8(data)) throw new ProtocolViolation('text-not-utf8');
    return { type: 'text', data: this.#decode(data, false) };
  }

  #decode(validated: Buffer, isKnownAscii: boolean): string {
    return isKnownAscii
      ? readLatin1(validated, 0, validated.length)
      : this.#utf8Decoder.decode(validated, 0, validated.length);
  }
}
