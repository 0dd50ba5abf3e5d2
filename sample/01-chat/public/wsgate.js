// wsgate.v1 over the browser's own WebSocket: calls, credited streams, pushes, and coming back by
// itself after a break.

const FIRST_DELAY = 250;
const LONGEST_DELAY = 8_000;
const HEARTBEAT = 20_000;

/**
 * @typedef {{ state: 'connecting' | 'open' | 'stopped' } | { state: 'waiting', ms: number }} Status
 * @typedef {{ readonly code: string, readonly message: string }} Failure
 * @typedef {{ op?: string, id?: number, type?: string, data?: any, dropped?: number, error?: Failure }} Message
 * @typedef {{ settle(message: Message): void, fail(error: Failure): void }} Call
 * @typedef {object} Handlers
 * @property {() => void} onOpen every time the connection is there
 * @property {(status: Status) => void} onStatus
 * @property {(type: string, data: any) => void} onPush
 * @property {(close: { code: number, reason: string, opened: boolean }) => Promise<boolean>} mayReturn
 *   whether to connect again after this close
 */

export class WsgateClient {
  /** @type {WebSocket | undefined} */ #socket;
  /** @type {Map<number, Call>} */ #calls = new Map();
  /** @type {number | undefined} */ #timer;
  #lastId = 0;
  #turn = 0;
  #failures = 0;

  /** @param {string} url @param {Handlers} handlers */
  constructor(url, handlers) {
    this.url = url;
    this.handlers = handlers;
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  connect() {
    this.#drop();
    this.handlers.onStatus({ state: 'connecting' });
    const socket = new WebSocket(this.url, 'wsgate.v1');
    this.#socket = socket;
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.#failures = 0;
      this.handlers.onStatus({ state: 'open' });
      this.#watchHeartbeat();
      this.handlers.onOpen();
    };
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = ({ code, reason }) => void this.#leave({ code, reason, opened });
  }

  /** Ends for good. */
  stop() {
    this.#drop();
    this.handlers.onStatus({ state: 'stopped' });
  }

  /** An event: no answer. @param {string} type @param {unknown} [data] */
  emit(type, data) {
    this.#send({ type, data });
  }

  /** A call: one reply, or an error. @param {string} type @param {unknown} [data] @returns {Promise<any>} */
  call(type, data) {
    return new Promise((resolve, reject) => {
      const settle = (/** @type {Message} */ message) => resolve(message.data);
      this.#start({ type, data }, { settle, fail: reject });
    });
  }

  /**
   * A stream. The server sends no more than this side has asked for: one item more for each item taken.
   *
   * @param {string} type @param {unknown} data
   * @param {{ onNext: (item: any, dropped: number) => void, onError: (error: Failure) => void }} sink
   */
  stream(type, data, { onNext, onError }) {
    let paused = false;
    /** @type {Message[]} */ const held = [];
    const take = (/** @type {Message} */ message) => {
      onNext(message.data, message.dropped ?? 0);
      this.#send({ op: 'credit', id, n: 1 });
    };
    const settle = (/** @type {Message} */ message) => {
      if (message.op !== 'next') return;
      if (paused) held.push(message);
      else take(message);
    };
    const id = this.#start({ type, data, credit: 1 }, { settle, fail: onError });
    return {
      pause: () => void (paused = true),
      resume: () => {
        paused = false;
        for (const message of held.splice(0)) take(message);
      },
    };
  }

  /** @param {object} message @param {Call} call */
  #start(message, call) {
    const id = (this.#lastId += 1);
    if (!this.isOpen) {
      call.fail({ code: 'OFFLINE', message: 'There is no connection.' });
      return id;
    }
    this.#calls.set(id, call);
    this.#send({ ...message, id });
    return id;
  }

  /** @param {object} message */
  #send(message) {
    if (this.isOpen) this.#socket?.send(JSON.stringify(message));
  }

  /** @param {Message} message */
  #receive(message) {
    this.#watchHeartbeat();
    if (message.type !== undefined) return this.handlers.onPush(message.type, message.data);
    const call = this.#calls.get(message.id ?? 0);
    if (call === undefined) return undefined;
    if (message.op !== 'next') this.#calls.delete(message.id ?? 0);
    return message.error ? call.fail(message.error) : call.settle(message);
  }

  // A cable that is pulled is not heard: ask after a silence, and give up after a second one.
  #watchHeartbeat(wasAsked = false) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (wasAsked) return void this.#leave({ code: 1006, reason: 'silence', opened: true });
      this.#send({ op: 'ping' });
      return this.#watchHeartbeat(true);
    }, HEARTBEAT);
  }

  /** @param {{ code: number, reason: string, opened: boolean }} close */
  async #leave(close) {
    this.#drop();
    const turn = this.#turn;
    this.handlers.onStatus({ state: 'connecting' });
    const mayReturn = await this.handlers.mayReturn(close);
    // Somebody called connect() or stop() while we asked.
    if (this.#turn !== turn) return;
    if (!mayReturn) return this.handlers.onStatus({ state: 'stopped' });
    // Half of it by chance, or all clients would come back to a restarted server at once.
    const ms =
      Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#failures) * (0.5 + Math.random() / 2);
    this.#failures += 1;
    this.handlers.onStatus({ state: 'waiting', ms });
    this.#timer = setTimeout(() => this.connect(), ms);
  }

  #drop() {
    this.#turn += 1;
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) call.fail({ code: 'OFFLINE', message: 'The connection broke.' });
  }
}
