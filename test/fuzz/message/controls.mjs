import { WsException } from 'nestjs-wsgate';
import { Observable } from 'rxjs';

/**
 * What the handlers wait for, by the key in the payload of their call. The case says when a handler
 * settles and a source emits, so that nothing depends on time.
 */
export class Controls {
  /** Handlers that run, and whether their signal has fired. */
  waiting = new Map();
  /** Observables that are subscribed to. */
  subscribed = new Map();
  /** Generators that have begun and whose `finally` has not run. */
  generators = new Set();
  #emitted = new WeakMap();

  /** A promise that settles when the case says so. */
  wait(key, signal) {
    return new Promise((resolve, reject) => {
      const settle = (how) => (value) => {
        this.waiting.delete(key);
        how(value);
      };
      this.waiting.set(key, { signal, resolve: settle(resolve), reject: settle(reject) });
    });
  }

  /** A source that emits when the case says so. */
  source(key) {
    return new Observable((subscriber) => {
      this.subscribed.set(key, subscriber);
      return () => this.subscribed.delete(key);
    });
  }

  /** The numbers up to `count`, then perhaps something that has no form on the wire. */
  async *generate(key, count, isBroken) {
    this.generators.add(key);
    try {
      for (let n = 0; n < count; n++) yield n;
      if (isBroken) yield new Unencodable();
    } finally {
      this.generators.delete(key);
    }
  }

  /** Does what the case says to a handler or source; nothing if it is not there. */
  act({ act, key, times = 1 }) {
    const waiting = this.waiting.get(key);
    const subscriber = this.subscribed.get(key);
    if (act === 'resolve') waiting?.resolve({ settled: key });
    else if (act === 'reject') waiting?.reject(new WsException('TEAPOT', 'short and stout'));
    else if (act === 'stream') waiting?.resolve(this.source(key));
    else if (subscriber === undefined) return;
    else if (act === 'emit') this.#emit(subscriber, times);
    else if (act === 'complete') subscriber.complete();
    else subscriber.error(new WsException('TEAPOT', 'short and stout'));
  }

  /** The items of a source are numbers, in order. */
  #emit(subscriber, times) {
    const first = this.#emitted.get(subscriber) ?? 0;
    this.#emitted.set(subscriber, first + times);
    for (let n = 0; n < times; n++) subscriber.next(first + n);
  }
}

/** Neither JSON nor MessagePack can be made of it. */
class Unencodable {
  constructor() {
    Object.defineProperty(this, 'value', {
      enumerable: true,
      get() {
        throw new TypeError('this has no form');
      },
    });
  }
}
