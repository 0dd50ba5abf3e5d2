import { setTimeout as wait } from 'node:timers/promises';
import { Random } from '../fuzz/random.mjs';
import { Fault } from './call-record.mjs';
import { Peer } from './peer.mjs';
import { pickVisitor } from './visitors.mjs';

const KEPT_FAULTS = 20;

/** What the visitors did, counted from outside. */
export function createTally() {
  return { made: 0, ended: 0, refused: 0, died: 0, calls: 0, streams: 0, cancels: 0, items: 0 };
}

/** Visitors that come and go: as many at a time as there are places. */
export class Load {
  tally = createTally();
  faultCount = 0;
  /** The first of them: who, and what. */
  faults = [];
  /** How many of each kind of visitor have left. */
  visits = {};
  #port;
  #random;
  #number = 0;
  #isStopped = false;
  #places = [];

  constructor(port, seed) {
    this.#port = port;
    this.#random = new Random(seed);
  }

  start(places) {
    this.#isStopped = false;
    this.#places = Array.from({ length: places }, () => this.#keepVisiting());
  }

  /** Resolves when the last visitor has left. */
  async stop() {
    this.#isStopped = true;
    await Promise.all(this.#places);
  }

  async #keepVisiting() {
    // Not all at once.
    await wait(this.#random.below(500));
    while (!this.#isStopped) await this.#visit();
  }

  async #visit() {
    const visitor = pickVisitor(this.#random);
    const visit = new Visit(this.#port, this.#random.word(), ++this.#number, this);
    try {
      await visitor(visit);
    } catch (error) {
      visit.noteFault(error);
    }
    for (const fault of visit.faults) this.#note(`${visitor.name}: ${fault}`);
    this.visits[visitor.name] = (this.visits[visitor.name] ?? 0) + 1;
    visit.leave();
  }

  #note(fault) {
    this.faultCount += 1;
    if (this.faults.length < KEPT_FAULTS) this.faults.push(fault);
  }
}

/** What one visitor may use. */
class Visit {
  faults = [];
  port;
  random;
  number;
  tally;
  #peer;

  constructor(port, seed, number, { tally }) {
    this.port = port;
    this.random = new Random(seed);
    this.number = number;
    this.tally = tally;
  }

  /** A connection; some compress, some speak MessagePack. */
  async open(headers = {}, path = '/soak') {
    const door = this.random.pick(['', 'slow']);
    const answer = await this.#connect({ 'x-door': door, ...headers }, path);
    if (typeof answer === 'number') throw new Fault(`refused with ${answer}`);
    this.#peer = answer;
    return answer;
  }

  /** The HTTP status of a refusal. */
  async knock(headers) {
    const answer = await this.#connect(headers, '/soak');
    if (typeof answer === 'number') return answer;
    answer.reset();
    return 101;
  }

  /** A while, as clients take it. */
  rest() {
    return wait(this.random.below(1500));
  }

  wait(ms) {
    return wait(ms);
  }

  noteFault(error) {
    this.faults.push(error instanceof Fault ? error.message : String(error.stack));
  }

  /** Nothing stays open, whatever went wrong. */
  leave() {
    if (this.#peer?.isOpen) this.#peer.reset();
  }

  #connect(headers, path) {
    return Peer.open(this.port, {
      path,
      protocol: this.random.pick([undefined, 'wsgate.v1', 'wsgate.v1.msgpack']),
      deflate: this.random.once(3),
      headers,
      tally: this.tally,
      at: this.number,
      fail: (error) => this.noteFault(error),
    });
  }
}
