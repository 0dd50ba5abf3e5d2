/** Bytes that mean something somewhere: headers, lengths, UTF-8, deflate, close codes. */
const TOKENS = [
  '81',
  '82',
  '01',
  '02',
  '00',
  '80',
  '88',
  '89',
  '8a',
  'c1',
  'c2',
  '41',
  '40',
  'f1',
  '83',
  '0f',
  '8f',
  '7e',
  '7f',
  'fe',
  'ff',
  '7e0000',
  '7e007d',
  '7e007e',
  '7effff',
  'feffff',
  'fe007e',
  '7f0000000000000000',
  '7f0000000000010000',
  '7f0000000100000000',
  '7f0020000000000000',
  '7f7fffffffffffffff',
  '7f8000000000000000',
  '7fffffffffffffffff',
  'ff0000000000010000',
  'ffffffffffffffffff',
  '8180000000000',
  '818500000000',
  '8900',
  '8980',
  '8800',
  '8880',
  '898000000000',
  '888000000000',
  '88820000000003e8',
  '88820000000003ed',
  '880203e8',
  '880203ee',
  '880103',
  'c0',
  'c1bf',
  'e080',
  'ed9f',
  'eda0',
  'f08f',
  'f48f',
  'f490',
  'f0 9f a6',
  'efbbbf',
  'fffe',
  '0000ffff',
  '000000ffff',
  '0300',
  '00',
  '01',
  'f248cdc9c90700',
  'f200110000',
  'f348cdc9c9070000',
  'c107f248cdc9c90700',
  'c1870000 0000f248cdc9c90700',
  '0300030003000300',
  '06',
  '07',
  'edc1',
].map((hex) => Buffer.from(hex.replaceAll(' ', '').replace(/^(?:..)*.$/, '$&0'), 'hex'));

/** Runs of tokens and noise, without any plan. */
export function buildSoup(random) {
  const parts = [];
  for (let count = random.below(60); count > 0; count--) {
    parts.push(random.once(4) ? random.bytes(random.below(12)) : random.pick(TOKENS));
  }
  return Buffer.concat(parts);
}

const MUTATIONS = [
  function flipBit(random, bytes) {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[random.below(copy.length)] ^= 1 << random.below(8);
    return copy;
  },
  function setByte(random, bytes) {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[random.below(copy.length)] = random.below(256);
    return copy;
  },
  function insertToken(random, bytes) {
    const at = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), random.pick(TOKENS), bytes.subarray(at)]);
  },
  function overwriteWithToken(random, bytes) {
    const copy = Buffer.from(bytes);
    random.pick(TOKENS).copy(copy, random.below(bytes.length + 1));
    return copy;
  },
  function insertNoise(random, bytes) {
    const at = random.below(bytes.length + 1);
    const noise = random.bytes(random.below(20));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
  function dropRange(random, bytes) {
    const at = random.below(bytes.length + 1);
    const length = random.below(random.pick([2, 10, 200]));
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
  },
  function repeatRange(random, bytes) {
    const at = random.below(bytes.length + 1);
    const range = bytes.subarray(at, at + random.below(100));
    const copies = Array.from({ length: 1 + random.below(20) }, () => range);
    return Buffer.concat([bytes.subarray(0, at), ...copies, bytes.subarray(at)]);
  },
  function cutOff(random, bytes) {
    return bytes.subarray(0, random.below(bytes.length + 1));
  },
];

/** Damages one frame, so that what is around it still makes sense; now and then the whole stream. */
export function mutate(random, frames) {
  let parts = frames;
  for (let count = 1 + random.below(3); count > 0; count--) {
    const mutation = random.pick(MUTATIONS);
    if (random.once(4) || parts.length === 0) parts = [mutation(random, Buffer.concat(parts))];
    else {
      const at = random.below(parts.length);
      // The first bytes of a frame are its header, where damage tells most.
      const head = random.once(2) ? 14 : parts[at].length;
      const damaged = mutation(random, parts[at].subarray(0, head));
      parts = parts.with(at, Buffer.concat([damaged, parts[at].subarray(head)]));
    }
  }
  if (random.once(6)) parts = shuffle(random, parts);
  return Buffer.concat(parts);
}

function shuffle(random, parts) {
  return parts
    .map((part) => ({ part, order: random.word() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ part }) => part);
}

/** Cuts a stream into chunks: few, many, or one byte each. */
export function cutChunks(random, bytes) {
  const longest = random.pick([
    bytes.length < 4000 ? 1 : 100,
    7,
    60,
    1000,
    65_536,
    bytes.length + 1,
  ]);
  const chunks = [];
  for (let at = 0; at < bytes.length;) {
    const length = Math.min(1 + random.below(longest), bytes.length - at);
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return chunks;
}
