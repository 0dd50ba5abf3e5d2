// Texts of an exact number of bytes; each call gives another one.

const WORDS = 'the quick brown fox jumps over lazy dogs while seven wizards box'.split(' ');
// Two, three and four bytes per character, as they come in real texts.
const NON_ASCII = [
  'привет',
  'мир',
  'größe',
  'naïve',
  '日本語',
  '中文字',
  '한국어',
  '😀🎉',
  'Ελλάδα',
];

function pick(random, list) {
  return list[Math.floor(random() * list.length)];
}

/** Words until `bytes` are full; what is left over is filled with dots. */
function fill(random, list, bytes) {
  let text = '';
  let room = bytes;
  for (;;) {
    const word = `${pick(random, list)} `;
    const length = Buffer.byteLength(word);
    if (length > room) return text + '.'.repeat(room);
    text += word;
    room -= length;
  }
}

function json(random, bytes) {
  const number = () => Math.floor(random() * 1e6);
  const items = [];
  const build = (note) =>
    JSON.stringify({
      type: 'order.changed',
      id: 1e6 + number(),
      user: `user-${number()}`,
      items,
      note,
    });
  while (Buffer.byteLength(build('')) < bytes - 160) {
    items.push({
      sku: `A-${number()}`,
      name: pick(random, WORDS),
      price: number() / 100,
      stock: true,
    });
  }
  const noted = {
    type: 'order.changed',
    id: 1e6 + number(),
    user: `u${number()}`,
    items,
    note: '',
  };
  noted.note = fill(random, WORDS, bytes - Buffer.byteLength(JSON.stringify(noted)));
  return JSON.stringify(noted);
}

/** The data of a call: what a validated handler takes. */
function callData(random, bytes) {
  const data = { text: '', count: 100_000 + Math.floor(random() * 900_000) };
  data.text = fill(random, WORDS, bytes - JSON.stringify(data).length);
  return JSON.stringify(data);
}

export const PAYLOADS = {
  ascii: (random, bytes) => fill(random, WORDS, bytes),
  'non-ascii': (random, bytes) => fill(random, NON_ASCII, bytes),
  json,
  call: callData,
};
