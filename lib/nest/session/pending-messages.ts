/** One message as it came. */
export interface RawMessage {
  readonly data: string | Uint8Array;
  readonly isBinary: boolean;
}

/** Messages that came before they may be handled, in order, bounded in number and size. */
export class PendingMessages {
  readonly #maxMessages: number;
  readonly #maxLength: number;
  #messages: RawMessage[] | undefined = undefined;
  #length = 0;

  /** @param maxLength in bytes of binary and UTF-16 units of text */
  constructor(maxMessages: number, maxLength: number) {
    this.#maxMessages = maxMessages;
    this.#maxLength = maxLength;
  }

  /** Should no more come? What comes nevertheless is kept. */
  get isFull(): boolean {
    if (this.#messages === undefined) return false;
    return this.#messages.length >= this.#maxMessages || this.#length >= this.#maxLength;
  }

  add(data: string | Uint8Array, isBinary: boolean): void {
    (this.#messages ??= []).push({ data, isBinary });
    this.#length += data.length;
  }

  take(): RawMessage | undefined {
    const message = this.#messages?.shift();
    if (message === undefined) return undefined;
    this.#length -= message.data.length;
    if (this.#messages?.length === 0) this.#messages = undefined;
    return message;
  }

  clear(): void {
    this.#messages = undefined;
    this.#length = 0;
  }
}
