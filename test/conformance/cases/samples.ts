/** Data to compress: the same on every run. */
const WORDS =
  'the of and to in κόσμε für straße 世界 данные מילים value index array { } [ ] : , "'.split(' ');

/** Text that compresses well: about what an application sends. */
export function jsonLike(size: number): Buffer {
  const rows = Array.from({ length: size / 20 + 1 }, (_, i) => ({
    id: i,
    name: `row ${i * 7919}`,
    ok: i % 3 === 0,
  }));
  return Buffer.from(JSON.stringify(rows)).subarray(0, size);
}

/** Words of many scripts, cut so that no character is torn. */
export function prose(size: number): Buffer {
  const next = randomNumbers(size);
  let text = '';
  while (text.length < size) text += `${WORDS[next() % WORDS.length]} `;
  const octets = Buffer.from(text).subarray(0, size);
  const whole = new TextDecoder().decode(octets, { stream: true });
  return Buffer.from(whole.padEnd(whole.length + size - Buffer.byteLength(whole), '.'));
}

/** Octets without any pattern: they do not compress. */
export function noise(size: number, seed = 1): Buffer {
  const next = randomNumbers(seed);
  return Buffer.from(Array.from({ length: size }, () => next() & 255));
}

/** Noise that returns after ever longer distances: whoever may look further back compresses it better. */
export function echoesOfNoise(): Buffer {
  const distances = [200, 400, 800, 1600, 3200, 6400, 12800, 25600];
  return Buffer.concat(
    distances.flatMap((distance) => [noise(distance, distance), noise(distance, distance)]),
  );
}

/** A linear congruential generator; its high bits are random enough here. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 16;
  };
}
