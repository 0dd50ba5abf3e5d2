import { Packr } from 'msgpackr';
import { WebSocket } from 'ws';
import { CallRecord, Fault } from './call-record.mjs';

/** What takes longer than this does not come. */
const GIVES_UP_AFTER = 20_000;
const MSGPACK = 'wsgate.v1.msgpack';
const packr = new Packr({ useRecords: false, mapsAsObjects: true });
// One address has too few ports for a long run of short connections.
const ADDRESSES = 32;

/** A client that trusts nothing: a `ws` socket, and every message of the server looked at. */
export class Peer {
  /** What each push carried, in order. */
  pushes = [];
  /** Resolves with the close code. */
  closed;
  socket;
  #records = new Map();
  #pongs = [];
  #lastId = 0;
  #isBinary;
  #tally;
  #fail;

  /** Resolves with a peer, or with the HTTP status of a refusal. */
  static open(port, setup) {
    const peer = new Peer();
    return peer.#open(port, setup);
  }

  /** The TCP socket beneath. */
  get transport() {
    return this.socket._socket;
  }

  get isOpen() {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** Not on the TCP socket: `ws` itself lets that go on when it has inflated what it had. */
  stopReading() {
    this.socket.pause();
  }

  readOn() {
    this.socket.resume();
  }

  send(message) {
    if (!this.isOpen) return;
    this.socket.send(this.#isBinary ? packr.pack(message) : JSON.stringify(message));
  }

  /** Starts a call or stream. */
  call(type, data, { credit, onItem } = {}) {
    const id = this.#nextId();
    const record = new CallRecord(credit, onItem);
    this.#records.set(id, record);
    this.send({ type, id, ...(data !== undefined && { data }), ...(credit >= 0 && { credit }) });
    return Object.assign(record, { id });
  }

  /** The outcome of a call. Throws a {@link Fault} if none comes, though the connection lives. */
  async finish(record) {
    const outcome = await within(record.outcome, `the outcome of call ${record.id}`);
    if (outcome === undefined) throw new Fault(`the connection ended with ${await this.ended()}`);
    this.#records.delete(record.id);
    this.#tally.calls += 1;
    return outcome;
  }

  /** The reply to a call. */
  async request(type, data) {
    const outcome = await this.finish(this.call(type, data));
    if (outcome.op !== 'reply') throw new Fault(`${type}: ${JSON.stringify(outcome)}`);
    return outcome.data;
  }

  grant(record, n) {
    record.grant(n);
    this.send({ op: 'credit', id: record.id, n });
  }

  /** Cancels, and sees that nothing comes once the server has read that. */
  async cancel(record) {
    record.cancel();
    this.send({ op: 'cancel', id: record.id });
    await this.fence();
    this.#records.delete(record.id);
    this.#tally.cancels += 1;
  }

  /** Resolves when the server has handled all that was sent. */
  async fence() {
    const pong = new Promise((resolve) => this.#pongs.push(resolve));
    this.send({ op: 'ping' });
    await within(pong, 'the pong');
    if (!this.isOpen)
      throw new Fault(`the connection ended with ${await this.ended()}, not a pong`);
  }

  /** Resolves with the close code. */
  async close(code = 1000) {
    this.socket.close(code);
    return this.ended();
  }

  /** Waits for the connection's end. */
  ended() {
    return within(this.closed, 'the end of the connection');
  }

  /** A connection that vanishes: with a reset. */
  reset() {
    this.transport.resetAndDestroy();
  }

  #nextId() {
    this.#lastId += 1;
    return this.#lastId % 3 === 0 ? `call ${this.#lastId}` : this.#lastId;
  }

  #open(port, { path, protocol, deflate, headers, tally, at, fail }) {
    this.#tally = tally;
    this.#fail = fail;
    this.#isBinary = protocol === MSGPACK;
    this.socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocol ?? [], {
      perMessageDeflate: deflate && { threshold: 64 },
      localAddress: `127.0.0.${1 + (at % ADDRESSES)}`,
      headers,
    });
    this.socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => this.socket.on('close', resolve));
    void this.closed.then(() => this.#drop());
    return within(this.#handshake(), 'the answer to the handshake');
  }

  #handshake() {
    return new Promise((resolve, reject) => {
      this.socket.once('open', () => {
        this.#tally.made += 1;
        void this.closed.then(() => (this.#tally.ended += 1));
        resolve(this);
      });
      this.socket.once('unexpected-response', (request, response) => {
        this.#tally.refused += 1;
        request.destroy();
        resolve(response.statusCode);
      });
      this.socket.once('error', reject);
    });
  }

  #receive(data, isBinary) {
    try {
      if (isBinary !== this.#isBinary) throw new Fault('a frame of the wrong kind');
      this.#accept(isBinary ? packr.unpack(data) : JSON.parse(data.toString()));
    } catch (error) {
      this.#fail(error);
    }
  }

  #accept(message) {
    if (message.op === undefined) return void this.pushes.push(message);
    if (message.op === 'pong') return this.#pongs.shift()?.();
    if (message.op === 'next') this.#tally.items += 1;
    if (message.id === undefined) return void this.pushes.push(message);
    const record = this.#records.get(message.id);
    if (record === undefined) throw new Fault(`${message.op} for a call that is over`);
    record.take(message);
  }

  #drop() {
    for (const record of this.#records.values()) record.drop();
    for (const resolve of this.#pongs) resolve();
  }
}

async function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Fault(`${what} did not come`)), GIVES_UP_AFTER);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
