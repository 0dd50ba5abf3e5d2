import { BEHAVIOURS } from './behaviours.mjs';
import { SECRET } from './expected.mjs';
import { Model } from './model.mjs';
import { readShape } from './read-shape.mjs';

const IDS = [1, 1, 2, 2, 3, 'a', '1', '', 0, -1, '__proto__', 'constructor', 2 ** 53 - 1, '\ud800'];
const BAD_IDS = [null, 1.5, 2 ** 53, -(2 ** 53), true, [], {}, [1], { toString: 1 }];
const CREDITS = [0, 0, 1, 1, 2, 3, 5, 2 ** 53 - 1];
const GRANTS = [1, 1, 2, 5, 2 ** 53 - 1];
const BAD_COUNTS = [-1, 1.5, '3', null, 2 ** 53, 1e300, {}, [1], false];
const TYPES = [...BEHAVIOURS.keys()];
const WAITS = ['later', 'later', 'turn', 'turn'];
const STREAMS = ['buffer', 'oldest', 'newest', 'latest', 'strict', 'range', 'count', 'broken'];
const UNKNOWN = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', `${SECRET} type`];
const OPS = ['reply', 'next', 'complete', 'error', 'goaway', 'pong', 'subscribe', `${SECRET} op`];
const BAD_OPS = ['__proto__', 'constructor', '', null, 5, {}, [], true, 'PING', 'cancel '];
const BAD_MESSAGES = [null, 5, 'text', true, [], [{ type: 'echo', id: 1 }], {}, { id: 1 }];
const ACTS = [
  'resolve',
  'resolve',
  'reject',
  'stream',
  'emit',
  'emit',
  'emit',
  'complete',
  'error',
];
const DATA = [null, 0, -0, '', 'grüße', '\ud83d\ude00', [], {}, [[], [{}]], { a: { b: [1.5] } }];
const BROKEN_JSON = [
  '',
  ' ',
  '{',
  '{"type":"echo"',
  "{'op':'ping'}",
  '{"op":"ping"}x',
  'undefined',
];
const BROKEN_MSGPACK = ['', 'c1', '81', 'd40000', 'dfffffffff', '81a26f70', 'c0c0', 'c7ff01', 'd9'];

/**
 * The steps of a case: `send` is what the client sends, `act` what a handler or source does. With
 * `pause` the server has the time to do all it can before the next step.
 */
export function buildCase(random) {
  const isBinary = random.once(4);
  const builder = new CaseBuilder(random, isBinary);
  const steps = Array.from({ length: 1 + random.below(60) }, () => builder.step());
  return { isBinary, isAbrupt: random.once(2), steps };
}

class CaseBuilder {
  #random;
  #isBinary;
  #keys = 0;
  /** Says what is likely to be going on. */
  #model = new Model();
  /** Some cases do a few things often, others many things once. */
  #types;
  #ids;
  #span;

  constructor(random, isBinary) {
    this.#random = random;
    this.#isBinary = isBinary;
    this.#types = random.pick([
      [TYPES, WAITS, STREAMS, STREAMS],
      [[random.pick(STREAMS), random.pick(TYPES)]],
      [[...WAITS, random.pick(TYPES)]],
    ]);
    this.#ids = IDS.slice(0, random.pick([2, 4, 8, 99]));
    this.#span = random.pick([13, 20, 30]);
  }

  step() {
    const step = this.#build();
    if (step.act !== undefined) this.#model.act(step);
    else if ('send' in step) this.#model.send(readShape(step.send));
    return step;
  }

  #build() {
    const random = this.#random;
    const { sources, handlers } = this.#model;
    const keys = [...sources, ...handlers.map(({ key }) => key)];
    if (keys.length > 0 && random.once(2)) {
      const act = random.pick(ACTS);
      const times = random.pick([1, 1, 2, 7]);
      // Now and then something that is over, or waits for its turn.
      const key = random.once(8) ? 1 + random.below(this.#keys) : random.pick(keys);
      return { act, key, ...(act === 'emit' && { times }), pause: true };
    }
    return { ...this.#send(), pause: random.once(2) };
  }

  #send() {
    const kind = this.#random.below(this.#span);
    if (kind === 0) return this.#garbage();
    return { send: this.#decorate(this.#message(kind)) };
  }

  #message(kind) {
    const random = this.#random;
    if (kind === 1) return this.#nonsense();
    if (kind === 2) return { op: 'ping' };
    if (kind < 5) return { op: 'cancel', id: this.#idInFlight() };
    if (kind < 10) return { op: 'credit', id: this.#idInFlight(), n: this.#count(GRANTS) };
    const type = this.#type();
    const message = { type, data: this.#data(type) };
    if (random.once(12)) return message;
    message.id = this.#id();
    return random.once(3) ? message : { ...message, credit: this.#count(CREDITS) };
  }

  #type() {
    const random = this.#random;
    if (random.once(12)) return random.pick(UNKNOWN);
    return random.pick(random.pick(this.#types));
  }

  #data(type) {
    const random = this.#random;
    const { kind } = BEHAVIOURS.get(type) ?? {};
    if (type === 'echo') return random.pick(DATA);
    if (kind === 'value' || kind === 'error' || kind === undefined) return { text: SECRET };
    this.#keys += 1;
    return { key: this.#keys, count: random.pick([0, 1, 2, 3, 5, 200]) };
  }

  #idInFlight() {
    const { ids } = this.#model;
    return ids.length > 0 && !this.#random.once(5) ? this.#random.pick(ids) : this.#id();
  }

  #id() {
    const random = this.#random;
    const id = random.pick(random.once(25) ? BAD_IDS : this.#ids);
    // MessagePack's strings are UTF-8, which has no half surrogates.
    return this.#isBinary && id === '\ud800' ? 'half' : id;
  }

  #count(counts) {
    return this.#random.pick(this.#random.once(12) ? BAD_COUNTS : counts);
  }

  #nonsense() {
    const random = this.#random;
    switch (random.below(4)) {
      case 0:
        return random.pick(BAD_MESSAGES);
      case 1:
        return { op: random.pick(OPS), id: this.#id(), data: SECRET };
      case 2:
        return { op: random.pick(BAD_OPS), id: this.#id(), type: 'echo' };
      default:
        return { type: random.pick([5, null, {}, ['echo'], true]), id: this.#id(), data: SECRET };
    }
  }

  /** Members that nobody knows are ignored. */
  #decorate(message) {
    const isPlain = message !== null && typeof message === 'object' && !Array.isArray(message);
    if (!isPlain || !this.#random.once(10)) return message;
    return { ...message, later: { version: 2 }, toString: SECRET };
  }

  /** Text and bytes that are no message at all; and one whose data is very deep. */
  #garbage() {
    const random = this.#random;
    if (this.#isBinary) {
      return random.once(3) ? { text: '{"op":"ping"}' } : { hex: random.pick(BROKEN_MSGPACK) };
    }
    switch (random.below(4)) {
      case 0:
        return { hex: '7b226f70223a2270696e67227d' };
      case 1:
        return { deep: random.pick([400, 5_000, 100_000]), id: random.pick(IDS) };
      case 2:
        return { proto: true, id: random.pick(IDS) };
      default:
        return { text: random.pick(BROKEN_JSON) };
    }
  }
}
