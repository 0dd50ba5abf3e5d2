import { constants, deflateRawSync } from 'node:zlib';
import { inflateMessage } from './inflate.js';

/** What both sides agreed on for one direction. */
export interface DirectionParameters {
  readonly contextTakeover: boolean;
  /** Base-2 logarithm of the window, 8 to 15. */
  readonly windowBits: number;
}

export interface DeflateParameters {
  readonly client: DirectionParameters;
  readonly server: DirectionParameters;
}

/** The windows of the peer's two directions; a window is nothing but the last octets that passed. */
export class PeerDeflate {
  readonly #outgoing: DirectionParameters;
  readonly #incoming: DirectionParameters;
  #sent: Buffer = Buffer.alloc(0);
  #received: Buffer = Buffer.alloc(0);

  constructor(outgoing: DirectionParameters, incoming: DirectionParameters) {
    this.#outgoing = outgoing;
    this.#incoming = incoming;
  }

  /** RFC 7692 section 7.2.1: deflate, flush, take the last four octets off. */
  compress(data: Buffer): Buffer {
    const { contextTakeover, windowBits } = this.#outgoing;
    const dictionary = this.#sent.subarray(-(2 ** windowBits));
    const deflated = deflateRawSync(data, {
      finishFlush: constants.Z_SYNC_FLUSH,
      windowBits,
      // zlib cannot keep to a window of 256 octets; without references back any window is kept.
      strategy: windowBits === 8 ? constants.Z_HUFFMAN_ONLY : constants.Z_DEFAULT_STRATEGY,
      ...(dictionary.length > 0 && { dictionary }),
    });
    if (contextTakeover) this.#sent = lastOf(this.#sent, data);
    return deflated.subarray(0, -4);
  }

  decompress(payload: Buffer): Buffer {
    const { contextTakeover, windowBits } = this.#incoming;
    const data = inflateMessage(payload, { history: this.#received, size: 2 ** windowBits });
    if (contextTakeover) this.#received = lastOf(this.#received, data);
    return data;
  }
}

function lastOf(history: Buffer, data: Buffer): Buffer {
  return Buffer.concat([history, data]).subarray(-32768);
}
