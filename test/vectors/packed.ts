import { constants, deflateRawSync } from 'node:zlib';

/** A whole message as permessage-deflate sends it (RFC 7692 7.2.1), made with Node's zlib alone. */
export function packed(data: Uint8Array | string, windowBits: number = 15): Buffer {
  const bytes = deflateRawSync(data, { windowBits, finishFlush: constants.Z_SYNC_FLUSH });
  return bytes.subarray(0, bytes.length - 4);
}

/** Bytes in a stored block, which grow by five and do not end the stream. At most 65535. */
export function stored(data: Uint8Array): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 0]);
  header.writeUInt16LE(data.length, 1);
  header.writeUInt16LE(data.length ^ 0xffff, 3);
  return Buffer.concat([header, data]);
}
