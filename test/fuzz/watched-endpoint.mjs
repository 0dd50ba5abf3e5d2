/** The most bytes of output that a byte of input may cause: a client masks its pong to an unmasked ping. */
const OUTPUT_PER_INPUT = 3;
const LARGEST_CLOSE_FRAME = 131;

/** Thrown for anything an endpoint must not do. */
export class Misbehaviour extends Error {}

function assert(condition, what) {
  if (!condition) throw new Misbehaviour(what);
}

/** An endpoint that is fed and held to its promises. */
export class WatchedEndpoint {
  /** What it told, in a form that can be compared. */
  events = [];
  #engine;
  #endpoint;
  #setup;
  #fed = 0;
  #output = [];

  constructor(engine, setup) {
    this.#engine = engine;
    this.#setup = setup;
    this.#endpoint = new engine.Endpoint(setup.options);
  }

  get hasEnded() {
    const last = this.events.at(-1)?.[0];
    return last === 'close' || last === 'violation';
  }

  /** `readsAll` false leaves events unread for the next time. */
  feed(chunk, readsAll) {
    this.#fed += chunk.length;
    this.#endpoint.receive(Buffer.from(chunk));
    if (readsAll) this.read();
  }

  read() {
    for (let event; (event = this.#endpoint.nextEvent()) !== undefined;) this.#accept(event);
  }

  take() {
    for (const part of this.#endpoint.takeOutput()) this.#output.push(Buffer.from(part));
    this.#endpoint.releaseOutput();
  }

  /** The last checks. An endpoint that is not disposed of keeps what it holds. */
  finish() {
    this.take();
    const output = Buffer.concat(this.#output);
    assert(
      output.length <= OUTPUT_PER_INPUT * this.#fed + LARGEST_CLOSE_FRAME,
      `${output.length} bytes out for ${this.#fed} in`,
    );
    checkOutput(output, this.#setup.options.role === 'client');
  }

  dispose() {
    this.#endpoint.dispose();
  }

  #accept(event) {
    assert(!this.hasEnded, `${event.type} after ${this.events.at(-1)?.[0]}`);
    const { maxPayload } = this.#setup.options.limits;
    switch (event.type) {
      case 'text':
        assert(Buffer.byteLength(event.data) <= maxPayload, 'text past maxPayload');
        assert(event.data.isWellFormed?.() ?? true, 'text with half a surrogate');
        this.events.push(['text', event.data]);
        break;
      case 'binary':
        assert(event.data.length <= maxPayload, 'binary past maxPayload');
        this.events.push(['binary', event.data.toString('hex')]);
        break;
      case 'ping':
      case 'pong':
        assert(event.data.length <= 125, `${event.type} of ${event.data.length} bytes`);
        this.events.push([event.type, event.data.toString('hex')]);
        break;
      case 'close':
        assert(event.code === 1005 || this.#engine.isCloseCode(event.code), `code ${event.code}`);
        this.events.push(['close', event.code, event.reason]);
        break;
      case 'violation':
        this.#acceptViolation(event.violation);
        break;
      default:
        assert(false, `an event of type ${event.type}`);
    }
  }

  #acceptViolation(violation) {
    assert(violation instanceof this.#engine.ProtocolViolation, 'a violation of another kind');
    assert(Object.hasOwn(this.#engine.RULES, violation.rule), `rule ${violation.rule}`);
    this.events.push(['violation', violation.rule]);
  }
}

/** Output is whole frames, masked as the role has it: pongs, and a Close frame at the end. */
function checkOutput(bytes, isMasked) {
  for (let at = 0; at < bytes.length;) {
    assert(bytes.length - at >= (isMasked ? 6 : 2), 'half a frame of output');
    const first = bytes[at];
    const second = bytes[at + 1];
    const end = at + (isMasked ? 6 : 2) + (second & 0x7f);
    assert(first === 0x8a || first === 0x88, `output with first byte ${first}`);
    assert(second >= 0x80 === isMasked && (second & 0x7f) <= 125, 'output with a bad header');
    assert(first === 0x8a || end === bytes.length, 'output behind a Close frame');
    at = end;
  }
}
