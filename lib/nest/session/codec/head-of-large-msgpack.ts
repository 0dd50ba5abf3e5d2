import { MsgpackScan } from './msgpack-scan.js';

const MAP_32 = 0xdf;
const MAP_32_HEAD = 5;

/**
 * As `headOfLargeJson`, for MessagePack.
 *
 * @param limit 0: no limit
 * @returns undefined if there are at most `limit` members and items. Otherwise a map of the members
 *   that were complete when the limit was reached.
 * @throws RangeError if what was read so far is not plain MessagePack
 */
export function headOfLargeMsgpack(bytes: Uint8Array, limit: number): Uint8Array | undefined {
  if (limit === 0 || bytes.length <= limit) return undefined;
  const scan = new MsgpackScan(bytes);
  const children = scan.skipHead();
  const members = scan.values;
  const isMap = children > members;
  const start = scan.position;
  for (let read = 0; read < members; read++) {
    const end = scan.position;
    // Values that are still to come, before this member is whole.
    let open = isMap ? 2 : 1;
    while (open > 0 && scan.values <= limit) open += scan.skipHead() - 1;
    if (scan.values > limit)
      return isMap ? writeMap(read, bytes.subarray(start, end)) : writeMap(0);
  }
  return undefined;
}

function writeMap(members: number, content: Uint8Array = Buffer.alloc(0)): Uint8Array {
  const head = Buffer.alloc(MAP_32_HEAD);
  head[0] = MAP_32;
  head.writeUInt32BE(members, 1);
  return Buffer.concat([head, content]);
}
