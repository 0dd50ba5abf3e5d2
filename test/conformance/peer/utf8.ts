/** The rows of RFC 3629's table of well-formed sequences: the first octet, and the range of each that follows. */
const FORMS: readonly (readonly (readonly [low: number, high: number])[])[] = [
  [[0x00, 0x7f]],
  [
    [0xc2, 0xdf],
    [0x80, 0xbf],
  ],
  [
    [0xe0, 0xe0],
    [0xa0, 0xbf],
    [0x80, 0xbf],
  ],
  [
    [0xe1, 0xec],
    [0x80, 0xbf],
    [0x80, 0xbf],
  ],
  [
    [0xed, 0xed],
    [0x80, 0x9f],
    [0x80, 0xbf],
  ],
  [
    [0xee, 0xef],
    [0x80, 0xbf],
    [0x80, 0xbf],
  ],
  [
    [0xf0, 0xf0],
    [0x90, 0xbf],
    [0x80, 0xbf],
    [0x80, 0xbf],
  ],
  [
    [0xf1, 0xf3],
    [0x80, 0xbf],
    [0x80, 0xbf],
    [0x80, 0xbf],
  ],
  [
    [0xf4, 0xf4],
    [0x80, 0x8f],
    [0x80, 0xbf],
    [0x80, 0xbf],
  ],
];

/** Where the octets stop being the beginning of any UTF-8; undefined if they are one, finished or not. */
export function firstBadOctet(octets: Buffer): number | undefined {
  for (let at = 0; at < octets.length;) {
    const form = FORMS.find(([first]) => isWithin(octets[at], first));
    if (!form) return at;
    for (const range of form) {
      if (at >= octets.length) return undefined;
      if (!isWithin(octets[at], range)) return at;
      at++;
    }
  }
  return undefined;
}

function isWithin(octet: number, [low, high]: readonly [number, number]): boolean {
  return octet >= low && octet <= high;
}
