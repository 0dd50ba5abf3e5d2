import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { pair } from './support/serve.js';

type Listener = (...values: unknown[]) => void;

/** An emitter of which any event may be spoken of. */
interface AnyEmitter {
  on(event: string | symbol, listener: Listener): unknown;
  once(event: string | symbol, listener: Listener): unknown;
  off(event: string | symbol, listener: Listener): unknown;
  emit(event: string | symbol, ...values: unknown[]): boolean;
  removeAllListeners(event?: string | symbol): unknown;
  eventNames(): (string | symbol)[];
  listenerCount(event: string | symbol): number;
}

const first: Listener = () => {};
const second: Listener = () => {};
const symbol = Symbol('own');

/** What is done to an emitter, one after the other. */
const STEPS: readonly [name: string, step: (emitter: AnyEmitter) => unknown][] = [
  ['nothing', () => {}],
  ['a listener to message', (emitter) => emitter.on('message', first)],
  ['a second one', (emitter) => emitter.on('message', second)],
  ['one to an event of the user', (emitter) => emitter.on('constructor', first)],
  ['one to a symbol', (emitter) => emitter.on(symbol, first)],
  ['one less to message', (emitter) => emitter.off('message', first)],
  ['none to message', (emitter) => emitter.off('message', second)],
  ['one that was never there less', (emitter) => emitter.off('close', second)],
  ['one that hears once', (emitter) => emitter.once('drain', first)],
  ['what it hears', (emitter) => emitter.emit('drain')],
  ['an event nobody hears', (emitter) => emitter.emit('toString')],
  ['none to the symbol', (emitter) => emitter.removeAllListeners(symbol)],
  ['one to error', (emitter) => emitter.on('error', first)],
  ['an error', (emitter) => emitter.emit('error', new Error('heard'))],
  ['none at all', (emitter) => emitter.removeAllListeners()],
  ['one again', (emitter) => emitter.on('message', first)],
];

/** What can be seen of an emitter. */
function look(emitter: AnyEmitter): unknown {
  const events = ['message', 'close', 'error', 'drain', 'constructor', symbol];
  return {
    names: emitter.eventNames().map(String).sort(),
    counts: events.map((event) => emitter.listenerCount(event)),
  };
}

describe('a socket a server accepted', () => {
  it('keeps listeners as any emitter of Node does', async () => {
    const { far } = await pair();
    const socket = far as unknown as AnyEmitter;
    const plain = new EventEmitter() as AnyEmitter;
    for (const [name, step] of STEPS) {
      const [answer, expected] = [step(socket), step(plain)];
      if (typeof expected === 'boolean') expect([name, answer]).toEqual([name, expected]);
      expect([name, look(socket)]).toEqual([name, look(plain)]);
    }
  });
});
