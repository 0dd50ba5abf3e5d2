import type { ClientRequest } from '../../../protocol/wsgate/read-client-message.js';
import type { Rate } from '../../../socket/rate.js';
import type { ResolvedMessageRate } from '../../options/message-rate-options.js';
import { ControlRate } from './control-rate.js';
import { MessageRate, type RateVerdict } from './message-rate.js';

/** How often a client may send something. */
export interface ClientRateLimits {
  /** Its messages. Undefined: no limit. */
  readonly messageRate: ResolvedMessageRate | undefined;
  /** Its pings and pongs, `{op: "ping"}` among them. Undefined: no limit. */
  readonly controlFrameRate: Rate | undefined;
}

/** Counts the items of streams that were sent. */
interface ItemCount {
  readonly sentItems: number;
}

/**
 * Checks what one client sends against its rates. Every message counts, except answers to something
 * that counted already: one `cancel` per call, and one `credit` per item it was sent. If those were
 * refused, a client could not stop a stream, or read one faster than calls may come.
 */
export class ClientRate {
  readonly #messages: MessageRate | undefined;
  readonly #controls: ControlRate;
  readonly #items: ItemCount;
  #calls = 0;
  #answers = 0;

  constructor({ messageRate, controlFrameRate }: ClientRateLimits, items: ItemCount) {
    this.#messages = messageRate && new MessageRate(messageRate);
    this.#controls = new ControlRate(controlFrameRate);
    this.#items = items;
  }

  /** Milliseconds until a message will be handled again. */
  get retryAfterMs(): number {
    return this.#messages?.retryAfterMs ?? 0;
  }

  /** Counts a ping or a pong; false when it is one too many. */
  allowsControl(): boolean {
    return this.#controls.allows();
  }

  /**
   * Counts a message. Requests of the protocol itself (`credit`, `cancel`, `ping`) are never
   * refused: either they are handled, or the connection is closed.
   */
  judge(request: ClientRequest): RateVerdict {
    switch (request.kind) {
      case 'call':
        this.#calls += 1;
        return this.#messages?.count() ?? 'handle';
      case 'cancel':
      case 'credit':
        return this.#isAnswer() ? 'handle' : this.#countProtocol();
      case 'ping':
        return this.#controls.allows() ? this.#countProtocol() : 'close';
      default:
        return this.#messages?.count() ?? 'handle';
    }
  }

  #isAnswer(): boolean {
    if (this.#answers >= this.#calls + this.#items.sentItems) return false;
    this.#answers += 1;
    return true;
  }

  #countProtocol(): RateVerdict {
    return this.#messages?.count() === 'close' ? 'close' : 'handle';
  }
}
