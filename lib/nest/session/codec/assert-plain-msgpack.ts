import { MsgpackScan } from './msgpack-scan.js';

const MAX_DEPTH = 1_000;

/**
 * Throws unless the bytes are one MessagePack value of plain data: no extension but the timestamp,
 * nothing nested deeper than 1000, no length beyond the end. Decoders give extensions meanings that
 * a client must not choose: msgpackr's build classes, regular expressions and shared structures.
 */
export function assertPlainMsgpack(bytes: Uint8Array): void {
  const scan = new MsgpackScan(bytes);
  // How many values are still to come at each depth.
  const open = [1];
  while (open.length > 0) {
    const last = open.length - 1;
    if (open[last] === 0) {
      open.pop();
      continue;
    }
    open[last] = (open[last] ?? 0) - 1;
    const children = scan.skipHead();
    if (children === 0) continue;
    if (open.length === MAX_DEPTH) throw new RangeError('MessagePack nested too deeply');
    open.push(children);
  }
  if (!scan.isAtEnd) throw new RangeError('MessagePack with something behind it');
}
