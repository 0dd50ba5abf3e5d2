const OPS = ['reply', 'next', 'next', 'next', 'complete', 'error'];
const BAD_OPS = ['credit', 'cancel', 'ping', 'subscribe', '__proto__', 'constructor', null, 5, {}];
const BAD_IDS = ['1', '2', 0, -1, 1.5, null, true, {}, [1], 2 ** 53, '__proto__', '', 99];
const ERRORS = [
  { code: 'NOT_FOUND', message: 'No such room', status: 404 },
  { code: 'INTERNAL', message: 'Internal server error', status: 'x', details: { deep: [1] } },
  { code: 'DUPLICATE_ID', message: '' },
];
const BAD_ERRORS = [null, 'text', 5, [], {}, { code: 5, message: 'x' }, { code: 'X' }, undefined];
const DATA = [undefined, null, 0, 'text', [], { a: 1 }, { __proto__: null, constructor: 1 }];
const GAPS = [undefined, undefined, 1, 0, -1, 1.5, 1e300, '3', null, {}];
const TEXTS = [
  '',
  '{',
  '{"op":"pong"',
  'null',
  '[]',
  '5',
  '"x"',
  '{"__proto__":{"op":"reply","id":1}}',
];
const AFTER = [undefined, 0, -1, 1, 1e300, '5', null, {}];

/**
 * The steps of a case: `request`, `stream` and `stop` are the application's, `say` and `text` the
 * server's. Where it says `goaway`, connections change in the middle, and only what must hold in any
 * order is looked at.
 */
export function buildCase(random) {
  const isMoving = random.once(4);
  let calls = 0;
  const steps = Array.from({ length: 2 + random.below(30) }, () => {
    const kind = random.below(20);
    if (calls === 0 || kind < 4) {
      calls += 1;
      return random.once(2) ? { request: true } : { stream: random.pick([1, 2, 8]) };
    }
    if (kind < 6) return { stop: 1 + random.below(calls) };
    if (kind === 6 && isMoving) return { say: { op: 'goaway', afterMs: random.pick(AFTER) } };
    if (kind === 7 && random.once(3)) return { text: random.pick(TEXTS) };
    return { say: message(random, calls) };
  });
  return { isMoving, steps };
}

function message(random, calls) {
  if (random.once(12)) return random.pick([null, 5, [], {}, { id: 1 }, { op: 'pong' }]);
  if (random.once(10))
    return { type: random.pick(['news', '__proto__', 5]), data: random.pick(DATA) };
  const op = random.once(10) ? random.pick(BAD_OPS) : random.pick(OPS);
  const id = random.once(8) ? random.pick(BAD_IDS) : 1 + random.below(calls);
  const said = { op, id, data: random.pick(DATA), dropped: random.pick(GAPS) };
  if (op !== 'error') return said;
  return { ...said, error: random.pick(random.once(4) ? BAD_ERRORS : ERRORS) };
}
