import type { MessageId } from '../../../protocol/wsgate/message-id.js';
import type { ServerMessage } from '../../../protocol/wsgate/server-message.js';
import type { ByteAccount } from '../byte-account.js';
import type { MessageSender } from '../message-sender.js';
import type { StreamEnding } from '../stream/outgoing-stream.js';
import type { EncodedItem } from '../stream/overflow-buffer.js';
import type { BufferedLink } from '../stream/stream-link.js';
import type { Call } from './call.js';

/** What streams need of the session they belong to. */
export interface CallStreamsOwner extends ByteAccount {
  /** Is the connection below its high-water mark? If not, the streams are woken when it is. */
  hasRoom(): boolean;
}

/** What a {@link CallLink} needs of the streams of its connection. */
export interface CallLinkHost {
  readonly owner: CallStreamsOwner;
  readonly sender: MessageSender;
  /** An item is being sent. */
  countItem(): void;
  /** The source ended by itself. */
  onEnded(call: Call, ending: StreamEnding): void;
  /** An item could not be encoded. */
  onBroken(call: Call, error: unknown): void;
}

/** The stream of one call on its way to the client: `next` messages, as many as it has credit for. */
export class CallLink implements BufferedLink {
  readonly #call: Call;
  readonly #host: CallLinkHost;

  constructor(call: Call, host: CallLinkHost) {
    this.#call = call;
    this.#host = host;
  }

  canSend(): boolean {
    return this.#call.credit > 0 && this.#host.owner.hasRoom();
  }

  send(item: unknown, gap = 0): void {
    const call = this.#call;
    const { id } = call;
    if (call.isOver || id === undefined) return;
    this.#count();
    const dropped = gap + call.dropped;
    call.dropped = 0;
    try {
      this.#host.sender.send(nextOf(id, item, dropped));
    } catch (error) {
      call.dropped = dropped;
      this.#host.onBroken(call, error);
    }
  }

  encode(item: unknown, dropped: number): EncodedItem | undefined {
    const { id } = this.#call;
    if (id === undefined) return undefined;
    try {
      return this.#host.sender.encode(nextOf(id, item, dropped));
    } catch {
      // Sending it will fail again when its turn comes: the items before it are sent first.
      return undefined;
    }
  }

  sendEncoded(encoded: EncodedItem): void {
    if (this.#call.isOver) return;
    this.#count();
    this.#host.sender.sendEncoded(encoded);
  }

  addHeldBytes(bytes: number): void {
    this.#host.owner.addHeldBytes(bytes);
  }

  ended(ending: StreamEnding, dropped = 0): void {
    this.#call.dropped += dropped;
    this.#host.onEnded(this.#call, ending);
  }

  #count(): void {
    this.#call.credit -= 1;
    this.#host.countItem();
  }
}

function nextOf(id: MessageId, data: unknown, dropped: number): ServerMessage {
  return dropped > 0 ? { op: 'next', id, data, dropped } : { op: 'next', id, data };
}
