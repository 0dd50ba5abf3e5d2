import { BEHAVIOURS, LIMITS } from './behaviours.mjs';
import { Expected } from './expected.mjs';
import { keyOf } from './read-shape.mjs';
import { PulledModel, SourceModel } from './stream-model.mjs';

/** Below this a value can be encoded on any stack. */
const SHALLOW = 500;

/**
 * The life of the calls of one connection as PROTOCOL.md has it, written anew and as simply as it
 * goes: it is told what the client sends and what the handlers do, in order, and says what must come
 * back. Pulled streams are taken to run at once; see {@link Model.isRacy}.
 */
export class Model {
  /** What must come until the next look. */
  expected = new Expected();
  /** Two legal orders of events would end differently: the case must stop here. */
  isAmbiguous = false;
  /** Handlers that run or wait for their turn. */
  running = 0;
  /** Streams that are open. */
  streams = 0;
  /** Calls in flight by id. */
  #calls = new Map();
  /** Calls and events whose handlers wait, by the key in their data. */
  #waiting = new Map();
  /** The call of the serial handler that has its turn, and those behind it. */
  #lane = [];
  #inbox = [];
  #isWorking = false;
  /** Ids of pulled streams that went on since the last look; and whether one of them ended. */
  #pulled = new Set();
  #hasPulledEnded = false;

  /** Ids of calls in flight. */
  get ids() {
    return [...this.#calls.values()].map(({ id }) => id);
  }

  /** Keys of the sources that must be subscribed to. */
  get sources() {
    const isSubscribed = ({ stream }) => stream instanceof SourceModel && !stream.hasEnded;
    return [...this.#calls.values()].filter(isSubscribed).map(({ key }) => key);
  }

  /** Keys of handlers that run, and whether their signal must have fired. */
  get handlers() {
    return [...this.#waiting.values()].filter(({ hasStarted }) => hasStarted);
  }

  /**
   * The client has sent more calls than it may, and those in flight wait for a stream that waits for
   * the client: what it sends to end or feed that is not read any more.
   */
  get isStuck() {
    return this.#inbox.length > 0 && this.handlers.length === 0;
  }

  /** Would it matter whether this comes before or after what pulled streams have just begun? */
  isRacy(shape) {
    if (this.#inbox.length > 0) return false;
    return this.#isRacing(shape);
  }

  /** What came was looked at. */
  settled() {
    this.expected = new Expected();
    this.#pulled.clear();
    this.#hasPulledEnded = false;
    for (const call of this.#calls.values()) call.fresh = [];
  }

  /** The client sends something. */
  send(shape) {
    this.#inbox.push(shape);
    this.#work();
  }

  /** A handler or a source does something; nothing if there is none. */
  act({ act, key, times = 1 }) {
    const call = this.#waiting.get(key);
    if (['resolve', 'reject', 'stream'].includes(act)) {
      if (call?.hasStarted) this.#settle(call, act);
      return;
    }
    const source = [...this.#calls.values()].find((one) => one.key === key);
    if (source?.stream === undefined || source.stream.hasEnded) return;
    if (act === 'emit') return this.#emit(source, times);
    const ending = act === 'complete' ? { op: 'complete' } : { op: 'error', code: 'TEAPOT' };
    this.#endSource(source, ending);
  }

  #isRacing({ kind, id }) {
    if (kind === 'event') return this.#hasPulledEnded;
    if (id === undefined) return false;
    const isPulled = this.#pulled.has(keyOf(id));
    if (kind === 'call') return isPulled || this.#hasPulledEnded;
    // Credit for a pulled stream, or its cancel, is fine while it is open.
    return isPulled && (kind === 'bad' || !this.#calls.has(keyOf(id)));
  }

  #work() {
    if (this.#isWorking) return;
    this.#isWorking = true;
    while (this.#inbox.length > 0 && !this.#mustWait(this.#inbox[0])) {
      const shape = this.#inbox.shift();
      if (this.#isRacing(shape)) this.isAmbiguous = true;
      this.#handle(shape);
    }
    this.#isWorking = false;
  }

  #mustWait({ kind }) {
    return (kind === 'call' || kind === 'event') && this.running >= LIMITS.maxCallsInFlight;
  }

  #handle(shape) {
    const { kind, id } = shape;
    const call = id === undefined ? undefined : this.#calls.get(keyOf(id));
    if (kind === 'ping') this.expected.pongs += 1;
    // Under the id of a call in flight it would be that call's outcome.
    else if (kind === 'bad') this.expected.add(call ? undefined : id, refusal('BAD_MESSAGE'));
    else if (kind === 'cancel' && call) this.#cancel(call);
    else if (kind === 'credit' && call) this.#addCredit(call, shape.n);
    else if (call && kind === 'call') this.expected.add(id, refusal('DUPLICATE_ID'));
    else if (kind === 'call' || kind === 'event') this.#start(shape);
  }

  #start({ type, id, data, credit = 0 }) {
    const behaviour = BEHAVIOURS.get(type);
    if (behaviour === undefined) return this.expected.add(id, refusal('UNKNOWN_TYPE'));
    const call = { id, key: data?.key, behaviour, credit, fresh: [] };
    switch (behaviour.kind) {
      case 'value':
        if (id !== undefined) this.expected.add(id, replyTo(behaviour.reply(data)));
        return;
      case 'error':
        return this.expected.add(id, refusal(behaviour.code));
      case 'wait':
        return this.#wait(call);
      default:
        this.#open(call, data.count);
    }
  }

  #wait(call) {
    this.running += 1;
    call.holdsPlace = true;
    if (call.id !== undefined) this.#calls.set(keyOf(call.id), call);
    this.#waiting.set(call.key, call);
    if (!call.behaviour.isSerial) return void (call.hasStarted = true);
    this.#lane.push(call);
    this.#lane[0].hasStarted = true;
  }

  #settle(call, act) {
    this.#waiting.delete(call.key);
    if (act === 'stream' && !call.isOver) {
      call.behaviour = { ...SOURCE_OF_A_PROMISE, isSerial: call.behaviour.isSerial };
      this.#open(call);
    } else {
      const settled = { op: 'reply', data: { settled: call.key } };
      const outcome = act === 'resolve' ? settled : refusal('TEAPOT');
      if (!call.isOver && (call.id !== undefined || act !== 'resolve')) {
        this.expected.add(call.id, outcome);
      }
      this.#finish(call);
    }
    this.#giveBack(call);
  }

  #open(call, count) {
    const { id, behaviour } = call;
    const problem = id === undefined ? 'BAD_MESSAGE' : 'OVERFLOW';
    if (id === undefined || this.streams >= LIMITS.maxStreamsInFlight) {
      this.expected.add(id, refusal(problem));
      return this.#finish(call);
    }
    this.streams += 1;
    this.#calls.set(keyOf(id), call);
    call.stream =
      behaviour.kind === 'items' ? new PulledModel(behaviour, count) : new SourceModel(behaviour);
    if (behaviour.isSudden) this.#emit(call, count);
    if (behaviour.isSudden && call.stream) this.#endSource(call, { op: 'complete' });
    else if (call.stream) this.#send(call, call.stream.credited(call));
  }

  #emit(call, times) {
    const { stream } = call;
    for (let n = 0; n < times && !stream.isOver; n++) this.#send(call, stream.emit(call));
  }

  #endSource(call, ending) {
    this.#send(call, call.stream.end(call, ending));
  }

  #addCredit(call, n) {
    call.credit += n;
    if (call.stream) this.#send(call, call.stream.credited(call));
  }

  #send(call, messages) {
    const { id, stream } = call;
    for (const message of messages) {
      const entry = this.expected.add(id, message);
      if (stream.isPulled) call.fresh.push(entry);
    }
    if (stream.isPulled && messages.length > 0) this.#pulled.add(keyOf(id));
    if (!stream.isOver) return;
    if (stream.isPulled) this.#hasPulledEnded = true;
    this.streams -= 1;
    call.stream = undefined;
    this.#finish(call);
  }

  /** Items a pulled stream might have given meanwhile may come or not. */
  #cancel(call) {
    for (const entry of call.fresh) entry.isOptional = true;
    if (call.stream) this.streams -= 1;
    const isRunning = call.hasStarted && call.stream === undefined;
    call.stream = undefined;
    if (isRunning) {
      call.isOver = true;
      this.#calls.delete(keyOf(call.id));
      return;
    }
    this.#waiting.delete(call.key);
    this.#finish(call);
    this.#giveBack(call);
  }

  /** Its id is free, and its turn. */
  #finish(call) {
    call.isOver = true;
    if (call.id !== undefined && this.#calls.get(keyOf(call.id)) === call) {
      this.#calls.delete(keyOf(call.id));
    }
    const place = this.#lane.indexOf(call);
    if (place >= 0) this.#lane.splice(place, 1);
    if (this.#lane.length > 0) this.#lane[0].hasStarted = true;
  }

  /** Its place among the handlers that run is free. */
  #giveBack(call) {
    if (!call.holdsPlace) return;
    call.holdsPlace = false;
    this.running -= 1;
    this.#work();
  }
}

/** What `Controls.source` is when a promise gives it: the module's default buffer is never full here. */
const SOURCE_OF_A_PROMISE = { kind: 'source', overflow: 'fail', capacity: 256 };

function refusal(code) {
  return { op: 'error', code };
}

function replyTo(data) {
  if (isDeep(data)) return { op: 'reply', data, orElse: 'INTERNAL' };
  return data === undefined ? { op: 'reply' } : { op: 'reply', data };
}

function isDeep(data) {
  let depth = 0;
  for (let value = data; Array.isArray(value) && depth <= SHALLOW; value = value[0]) depth++;
  return depth > SHALLOW;
}
