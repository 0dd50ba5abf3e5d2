import { constants, deflateRawSync } from 'node:zlib';

const FIN = 0x80;
const RSV1 = 0x40;
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

const CLOSE_CODES = [1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 4999];
const ALPHABETS = ['abc xyz 012', 'äöü€', '\u{1f98a}é€a', '\0\u{10ffff}\uffff', 'aaaaaaaa'];

/** One frame, built without the library. */
export function buildFrame(firstByte, payload, key) {
  const { length } = payload;
  const head = [firstByte];
  const mask = key === undefined ? 0 : 0x80;
  if (length < 126) head.push(mask | length);
  else if (length < 65_536) head.push(mask | 126, length >> 8, length & 255);
  else
    head.push(
      mask | 127,
      0,
      0,
      0,
      0,
      length >>> 24,
      (length >> 16) & 255,
      (length >> 8) & 255,
      length & 255,
    );
  if (key === undefined) return Buffer.concat([Buffer.from(head), payload]);
  const masked = payload.map((byte, i) => byte ^ key[i & 3]);
  return Buffer.concat([Buffer.from(head), key, masked]);
}

/** A frame that is right but for chance: any opcode, any form of length, any claim about it. */
export function buildOddFrame(random, isMasked) {
  const opcode = random.once(3)
    ? random.below(16)
    : random.pick([0, TEXT, BINARY, CLOSE, PING, PONG]);
  const bits = (random.once(5) ? random.below(16) : 8 + (random.once(4) ? 4 : 0)) << 4;
  const payload = random.bytes(random.pick([0, 1, 2, 20, 124, 125, 126, 127]));
  const key = isMasked !== random.once(10) ? random.bytes(4) : undefined;
  if (random.once(2)) return buildFrame(bits | opcode, payload, key);
  const lengthBytes = random.pick([2, 8]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(
    random.pick([
      BigInt(payload.length),
      65_535n,
      65_536n,
      2n ** 32n,
      2n ** 53n,
      2n ** 63n,
      2n ** 64n - 1n,
    ]),
  );
  const second = (key === undefined ? 0 : 0x80) | (lengthBytes === 2 ? 126 : 127);
  const head = Buffer.from([bits | opcode, second, ...length.subarray(8 - lengthBytes)]);
  return Buffer.concat([head, key ?? Buffer.alloc(0), payload]);
}

function pack(bytes) {
  const packed = deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  return packed.subarray(0, packed.length - 4);
}

function randomText(random) {
  const alphabet = [...random.pick(ALPHABETS)];
  return Array.from({ length: random.size() }, () => random.pick(alphabet)).join('');
}

/** Cuts a payload into random runs, empty ones among them. */
function cutFragments(random, bytes) {
  const fragments = [];
  let rest = bytes;
  while (random.once(2) && fragments.length < 12) {
    const length = random.below(rest.length + 1);
    fragments.push(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
  return [...fragments, rest];
}

/**
 * What a well-behaved peer might send: its frames, and the events they stand for.
 * `hasDeflate`: some messages are compressed, each on its own.
 */
export function buildSession(random, { isMasked, hasDeflate }) {
  const frames = [];
  const events = [];
  const send = (firstByte, payload) =>
    frames.push(buildFrame(firstByte, payload, isMasked ? random.bytes(4) : undefined));
  const sendControl = () => {
    const payload = random.bytes(random.below(126));
    const isPing = random.once(2);
    send(FIN | (isPing ? PING : PONG), payload);
    events.push([isPing ? 'ping' : 'pong', payload.toString('hex')]);
  };
  const sendMessage = () => {
    const text = random.once(2) ? randomText(random) : undefined;
    const bytes = text === undefined ? random.bytes(random.size()) : Buffer.from(text);
    const isPacked = hasDeflate && random.once(2);
    const parts = cutFragments(random, isPacked ? pack(bytes) : bytes);
    for (const [i, part] of parts.entries()) {
      const opcode = i > 0 ? 0 : (text === undefined ? BINARY : TEXT) | (isPacked ? RSV1 : 0);
      send(opcode | (i === parts.length - 1 ? FIN : 0), part);
      if (i < parts.length - 1 && random.once(3)) sendControl();
    }
    events.push(text === undefined ? ['binary', bytes.toString('hex')] : ['text', text]);
  };
  for (let count = random.below(8); count > 0; count--) {
    if (random.once(3)) sendControl();
    else sendMessage();
  }
  if (random.once(3)) {
    const code = random.pick(CLOSE_CODES);
    send(FIN | CLOSE, Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from('bye')]));
    events.push(['close', code, 'bye']);
  }
  return { frames, events };
}
