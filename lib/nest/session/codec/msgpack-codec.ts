import type { Options } from 'msgpackr';
import type { ServerMessage } from '../../../protocol/wsgate/server-message.js';
import { WSGATE_V1_MSGPACK } from '../../../protocol/wsgate/subprotocols.js';
import { assertPlainMsgpack } from './assert-plain-msgpack.js';
import { headOfLargeMsgpack } from './head-of-large-msgpack.js';
import type { Msgpackr } from './load-msgpackr.js';
import type { ScanningCodec } from './scanning-codec.js';

/** Plain MessagePack, as every language reads it: none of msgpackr's own extensions. */
const PLAIN: Readonly<Options> = {
  useRecords: false,
  mapsAsObjects: true,
  encodeUndefinedAsNil: true,
  // A number where that is exact, else a bigint. msgpackr's types do not know the word.
  int64AsType: 'auto' as 'number',
};

/**
 * The codec of `wsgate.v1.msgpack`: one MessagePack map per binary message. Bytes arrive as Buffer,
 * timestamps as Date, integers beyond 2^53 as bigint.
 */
export function createMsgpackCodec({ Packr }: Msgpackr): ScanningCodec {
  const packr = new Packr(PLAIN);
  return {
    protocol: WSGATE_V1_MSGPACK,
    decode(data, isBinary) {
      if (!isBinary || typeof data === 'string') {
        throw new TypeError('MessagePack travels in binary frames');
      }
      assertPlainMsgpack(data);
      return packr.unpack(data) as unknown;
    },
    headIfTooLarge: (data, maxValues) =>
      typeof data === 'string' ? undefined : headOfLargeMsgpack(data, maxValues),
    encode: (message) => packr.pack(withoutUndefined(message)),
  };
}

/**
 * MessagePack knows no undefined: a member that is absent must be left out, or it would be nil. But
 * an item of a stream always has data, and nil stands for one that is nothing, as null does in JSON.
 */
function withoutUndefined(message: ServerMessage): object {
  const isItem = 'op' in message && message.op === 'next';
  const members = Object.entries(message).filter(
    ([name, value]) => value !== undefined || (isItem && name === 'data'),
  );
  return Object.fromEntries(members);
}
