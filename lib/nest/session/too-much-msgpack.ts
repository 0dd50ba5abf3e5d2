import { MsgpackScan } from './msgpack-scan.js';

const MAP_32 = 0xdf;
const MAP_32_HEAD = 5;

/**
 * Looks through MessagePack for more than `limit` members and items, at every depth, without
 * unpacking it: as `headOfTooMuch` does with JSON, and for the same reason. 0 is no limit.
 *
 * @returns undefined where there are no more; else a map of the members that came whole before it
 *   was too much.
 * @throws RangeError for what is no plain MessagePack, as far as it was looked through.
 */
export function headOfTooMuchMsgpack(bytes: Uint8Array, limit: number): Uint8Array | undefined {
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
