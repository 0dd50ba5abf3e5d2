import { setImmediate } from 'node:timers/promises';
import { Packr } from 'msgpackr';
import { connect } from 'nestjs-wsgate/testing';
import { Deviation } from './expected.mjs';
import { Model } from './model.mjs';
import { readShape } from './read-shape.mjs';

/** Turns of the event loop without a message after which none is to come: nothing here waits for time. */
const QUIET_TURNS = 6;
const packr = new Packr({ useRecords: false, mapsAsObjects: true });

const CODECS = {
  json: { protocol: 'wsgate.v1', encode: JSON.stringify, decode: JSON.parse },
  msgpack: {
    protocol: 'wsgate.v1.msgpack',
    encode: (message) => packr.pack(message),
    decode: (data) => packr.unpack(data),
  },
};

/** One case on a connection of its own: the steps are taken, and what comes is compared with the model. */
export class CaseRun {
  /** The op of each message that came; of errors the code. */
  told = [];
  #application;
  #codec;
  #received = [];
  #client;
  #session;
  #model = new Model();
  #seen = 0;

  constructor(application, { isBinary }) {
    this.#application = application;
    this.#codec = isBinary ? CODECS.msgpack : CODECS.json;
  }

  /** Throws a {@link Deviation}, or whatever else went wrong. */
  async run({ steps, isAbrupt }) {
    const { app, server } = this.#application;
    this.#client = await connect(app, '/fuzz', { codec: this.#listeningCodec() });
    [{ link: this.#session }] = server.connections;
    try {
      for (const step of steps) {
        if (this.#model.isAmbiguous) break;
        await this.#take(step);
      }
      if (!this.#model.isAmbiguous) await this.#look();
      if (!isAbrupt && !this.#model.isAmbiguous) await this.#finishAll();
    } finally {
      await this.#leave();
    }
    this.#expectEmpty();
  }

  /** Hears everything itself: the client on top would make sense of it. */
  #listeningCodec() {
    const decode = (data) => {
      this.#received.push(this.#codec.decode(data));
      return undefined;
    };
    return { ...this.#codec, decode };
  }

  async #take(step) {
    if (step.act === undefined) {
      const { wire, shape } = this.#read(step);
      if (this.#model.isRacy(shape)) await this.#look();
      this.#client.socket.send(wire);
      this.#model.send(shape);
    } else {
      await this.#look();
      this.#application.controls.act(step);
      this.#model.act(step);
    }
    if (step.pause) await this.#look();
  }

  /** What goes over the wire, and what it asks for. */
  #read({ send, text, hex, deep, proto, id }) {
    if (text !== undefined) return { wire: text, shape: { kind: 'bad' } };
    if (hex !== undefined) return { wire: Buffer.from(hex, 'hex'), shape: { kind: 'bad' } };
    if (deep !== undefined) {
      const data = `${'['.repeat(deep)}${']'.repeat(deep)}`;
      return this.#readText(`{"type":"echo","id":${JSON.stringify(id)},"data":${data}}`);
    }
    if (proto) {
      return this.#readText(
        `{"__proto__":{"op":"ping"},"type":"echo","id":${JSON.stringify(id)},"data":{"__proto__":1}}`,
      );
    }
    return { wire: this.#codec.encode(send), shape: readShape(send) };
  }

  #readText(wire) {
    return { wire, shape: readShape(JSON.parse(wire)) };
  }

  /** Lets everything happen that can, and compares. */
  async #look() {
    const received = this.#received;
    await this.#settle();
    const fresh = received.slice(this.#seen);
    this.#seen = received.length;
    this.told.push(...fresh.map(({ op, error }) => error?.code ?? op));
    if (this.#model.isAmbiguous) return;
    this.#model.expected.check(fresh);
    this.#compareState();
    this.#model.settled();
  }

  async #settle() {
    const received = this.#received;
    for (let quiet = 0, seen = received.length; quiet < QUIET_TURNS; quiet++) {
      await setImmediate();
      if (received.length !== seen) quiet = 0;
      seen = received.length;
    }
  }

  #compareState() {
    const { controls } = this.#application;
    const model = this.#model;
    expectEqual(this.#session.callsInFlight, model.running, 'handlers in flight');
    expectEqual(this.#session.streamsInFlight, model.streams, 'streams in flight');
    expectEqual(sorted(controls.subscribed.keys()), sorted(model.sources), 'subscriptions');
    const running = [...controls.waiting].map(([key, { signal }]) => `${key} ${signal.aborted}`);
    const due = model.handlers.map(({ key, isOver }) => `${key} ${isOver === true}`);
    expectEqual(sorted(running), sorted(due), 'handlers and whether they were told to stop');
  }

  /** Cancels everything, lets handlers settle that run on, and expects nothing to be held. */
  async #finishAll() {
    const { controls } = this.#application;
    // Those that waited for their turn begin when it is free.
    while (this.#model.running > 0 || this.#model.ids.length > 0) {
      for (const id of this.#model.ids) await this.#take({ send: { op: 'cancel', id } });
      await this.#look();
      for (const key of controls.waiting.keys()) await this.#take({ act: 'resolve', key });
      await this.#look();
      if (this.#model.isAmbiguous || this.#model.isStuck) return;
    }
    expectEqual(this.#session.callsInFlight, 0, 'handlers in flight after the last');
    expectEqual(this.#session.streamsInFlight, 0, 'streams in flight after the last');
  }

  /** The connection ends, and what its handlers wait for comes too late. */
  async #leave() {
    const { controls } = this.#application;
    await this.#client.close();
    await this.#settle();
    this.leftUntold = [...controls.waiting.values()].filter(({ signal }) => !signal.aborted).length;
    for (const { resolve } of controls.waiting.values()) resolve();
    await this.#settle();
  }

  #expectEmpty() {
    const { controls, server } = this.#application;
    expectEqual(server.connections.size, 0, 'connections after the close');
    expectEqual(this.leftUntold, 0, 'handlers that were not told of the close');
    expectEqual(controls.subscribed.size, 0, 'subscriptions after the close');
    expectEqual(controls.generators.size, 0, 'generators after the close');
    expectEqual(this.#session.callsInFlight, 0, 'handlers in flight after the close');
    expectEqual(this.#session.streamsInFlight, 0, 'streams in flight after the close');
  }
}

function sorted(values) {
  return [...values].map(String).sort().join();
}

function expectEqual(actual, expected, what) {
  if (actual !== expected) throw new Deviation(`${what}: ${actual}, not ${expected}`);
}
