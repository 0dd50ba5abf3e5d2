import type { FrameReader } from '../frame/frame-reader.js';

/**
 * Gathers the payload of control frames, which "MAY be injected in the middle of a fragmented
 * message" (RFC 6455 5.4) and so are kept apart from it.
 */
export class ControlReader {
  #payload: Buffer | undefined;

  /** The whole payload once the piece the reader stands at completes it. */
  accept(frame: FrameReader): Buffer | undefined {
    const { chunk, start, end, missing, header } = frame;
    const isWhole = frame.isFrameStart && missing === 0;
    if (isWhole) return Buffer.from(chunk.subarray(start, end));
    this.#payload ??= Buffer.alloc(header.payloadLength);
    chunk.copy(this.#payload, header.payloadLength - missing - (end - start), start, end);
    if (missing > 0) return undefined;
    const payload = this.#payload;
    this.#payload = undefined;
    return payload;
  }

  /** Forgets an unfinished payload. */
  reset(): void {
    this.#payload = undefined;
  }
}
