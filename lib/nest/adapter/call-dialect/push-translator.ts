import type { PreparedMessage } from '../../../protocol/message/prepared-message.js';
import { jsonCodec } from '../../../protocol/wsgate/json-codec.js';
import type { WebSocketData } from '../../../socket/bytes.js';
import { readEventMessage } from '../event-dialect/read-event-message.js';

/** An event a gateway sends by hand, for a client of `wsgate.v1`. */
export interface TranslatedPush {
  readonly type: string;
  readonly data: unknown;
  /** As `wsgate.v1` writes it. */
  readonly encoded: string | Uint8Array;
}

/**
 * Turns `client.send('{"event":...,"data":...}')` into a push of `wsgate.v1`. The last message is
 * remembered, since most are sent to many.
 */
export class PushTranslator {
  #source: WebSocketData | PreparedMessage | undefined = undefined;
  #translated: TranslatedPush | undefined = undefined;

  /** Undefined if it is not an event in JSON: it is then sent as it is. */
  translate(message: WebSocketData | PreparedMessage): TranslatedPush | undefined {
    if (message === this.#source) return this.#translated;
    this.#translated = translate(readText(message));
    // Only immutable messages may be remembered.
    this.#source = typeof message === 'string' || isPrepared(message) ? message : undefined;
    return this.#translated;
  }
}

function readText(message: WebSocketData | PreparedMessage): string | undefined {
  if (typeof message === 'string') return message;
  if (!isPrepared(message) || message.isBinary) return undefined;
  return message.payload.toString();
}

function isPrepared(message: WebSocketData | PreparedMessage): message is PreparedMessage {
  return typeof message === 'object' && 'frame' in message;
}

function translate(text: string | undefined): TranslatedPush | undefined {
  if (text === undefined || !text.startsWith('{')) return undefined;
  const message = readEventMessage(text);
  if (typeof message !== 'object' || typeof message.event !== 'string') return undefined;
  const { event: type, data } = message;
  return { type, data, encoded: jsonCodec.encode({ type, data }) };
}
