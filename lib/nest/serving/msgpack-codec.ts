import type { WsCodec } from '../../protocol/wsgate/codec.js';
import { WSGATE_V1_MSGPACK } from '../../protocol/wsgate/subprotocols.js';

/** The codec of `wsgate.v1.msgpack`; `undefined` where the optional package msgpackr is not there. */
export async function loadMsgpackCodec(): Promise<WsCodec | undefined> {
  try {
    const { Packr } = await import('msgpackr');
    const packr = new Packr({ useRecords: false, mapsAsObjects: true });
    return {
      protocol: WSGATE_V1_MSGPACK,
      decode(data, isBinary) {
        if (!isBinary || typeof data === 'string') throw new TypeError('MessagePack is binary');
        return packr.unpack(data) as unknown;
      },
      encode: (message) => packr.pack(message),
    };
  } catch {
    return undefined;
  }
}
