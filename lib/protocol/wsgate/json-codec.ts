import type { WsCodec } from './codec.js';
import { WSGATE_V1 } from './subprotocols.js';
import { writeJson } from './write-json.js';

/** The codec of `wsgate.v1`: one JSON object per text message. */
export const jsonCodec: Readonly<WsCodec> = {
  protocol: WSGATE_V1,
  decode(data: string | Uint8Array, isBinary: boolean): unknown {
    if (isBinary || typeof data !== 'string') throw new TypeError('JSON travels in text frames');
    return JSON.parse(data);
  },
  encode: writeJson,
};
