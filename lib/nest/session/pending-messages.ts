import { type ByteAccount, MESSAGE_OVERHEAD } from './byte-account.js';

/** One message as it came. */
export interface RawMessage {
  readonly data: string | Uint8Array;
  readonly isBinary: boolean;
}

/** Messages that arrived before they may be handled, in order, bounded in number and size. */
export class PendingMessages {
  readonly #maxMessages: number;
  readonly #maxLength: number;
  readonly #holder: ByteAccount;
  #messages: RawMessage[] | undefined = undefined;
  #length = 0;

  /** @param maxLength in bytes of binary and UTF-16 units of text, each message with its overhead */
  constructor(maxMessages: number, maxLength: number, holder: ByteAccount) {
    this.#holder = holder;
    this.#maxMessages = maxMessages;
    this.#maxLength = maxLength;
  }

  /** How many there are. */
  get count(): number {
    return this.#messages?.length ?? 0;
  }

  /** Should reading stop? What arrives in spite of that is kept as well. */
  get isFull(): boolean {
    if (this.#messages === undefined) return false;
    return this.#messages.length >= this.#maxMessages || this.#length >= this.#maxLength;
  }

  add(data: string | Uint8Array, isBinary: boolean): void {
    (this.#messages ??= []).push({ data, isBinary });
    this.#grow(data.length + MESSAGE_OVERHEAD);
  }

  take(): RawMessage | undefined {
    const message = this.#messages?.shift();
    if (message === undefined) return undefined;
    this.#grow(-message.data.length - MESSAGE_OVERHEAD);
    if (this.#messages?.length === 0) this.#messages = undefined;
    return message;
  }

  clear(): void {
    this.#messages = undefined;
    if (this.#length > 0) this.#grow(-this.#length);
  }

  #grow(difference: number): void {
    this.#length += difference;
    this.#holder.addHeldBytes(difference);
  }
}
