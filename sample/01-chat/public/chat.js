// oxlint-disable-next-line import/no-absolute-path -- an address at the server: src/serve-client.ts
import { WsClient } from '/wsgate/client/index.js';
import { readSession } from './api.js';
import { byId } from './dom.js';
import { MessagesView } from './views/messages.js';
import { PeopleView } from './views/people.js';
import { PricesView } from './views/prices.js';
import { RoomsView } from './views/rooms.js';
import { StatusView } from './views/status.js';
import { showTab } from './views/tabs.js';

const TYPING_EVERY = 2_000;
const SESSION_ENDED = 4401;

/**
 * @typedef {import('../src/chat/chat-contract.js').ChatContract} ChatContract
 * @typedef {WsClient<ChatContract>} ChatClient
 */

/** The chat of somebody who is logged in. */
export class Chat {
  #text = byId('text');
  #form = byId('composer');
  #send = byId('send');
  #problem = byId('problem');
  #lastTyping = 0;
  #client = this.#makeClient();

  /**
   * @param {import('./api.js').User} user
   * @param {(session: import('./api.js').Session) => void} leave called when the session is no more
   */
  constructor(user, leave) {
    this.leave = leave;
    this.room = readRoomFromAddress();
    this.messages = new MessagesView(user.name);
    this.people = new PeopleView(user.name);
    this.prices = new PricesView();
    this.rooms = new RoomsView((room) => void this.#goTo(room));
    this.status = new StatusView(() => this.#connect());
    this.#form.onsubmit = (/** @type {Event} */ event) => this.#onSubmit(event);
    this.#text.onkeydown = (/** @type {KeyboardEvent} */ event) => this.#onKey(event);
    this.#text.oninput = () => this.#onInput();
    window.onhashchange = () => void this.#goTo(readRoomFromAddress());
  }

  start() {
    void this.prices.watch(this.#client);
    this.#text.focus();
  }

  stop() {
    window.onhashchange = null;
    void this.#client.close();
    this.messages.stop();
  }

  get #isOpen() {
    return this.#client.status.state === 'open';
  }

  /** Stays connected once it is asked for something. */
  #makeClient() {
    /** @type {ChatClient} */
    const client = new WsClient('chat', {
      lazy: true,
      backoff: { minMs: 250, maxMs: 3_000 },
      auth: ({ lastEnd }) => (lastEnd === undefined ? undefined : mayReturn()),
      shouldReconnect: ({ code }) => code !== SESSION_ENDED,
    });
    client.onStatus((status) => this.#onStatus(status));
    this.#listen(client);
    return client;
  }

  /** Tries at once, and not when the client's delay is over. What comes of it, the status says. */
  #connect() {
    this.#client.connect().catch(() => undefined);
  }

  /** @param {ChatClient} client */
  #listen(client) {
    client.on('message.new', (message) => {
      this.people.stopsTyping(message.from);
      this.messages.add(message);
    });
    client.on('people', ({ room, people }) => {
      if (room === this.room) this.people.show(people);
    });
    client.on('rooms', ({ rooms }) => this.rooms.setRooms(rooms));
    client.on('typing', ({ name }) => this.people.isTyping(name));
  }

  /** @param {import('/wsgate/client/index.js').WsStatus} status */
  #onStatus(status) {
    this.status.show(status);
    this.#send.disabled = status.state !== 'open';
    if (status.state === 'open') void this.#enter(this.room);
    if (status.state === 'waiting') this.prices.wait();
    if (status.state === 'stopped') void this.#onStopped();
  }

  async #onStopped() {
    const session = await readSession();
    // Somebody asked to connect, or left, while we asked.
    if (this.#client.status.state !== 'stopped') return;
    if (session.kind !== 'in' && session.kind !== 'unreachable') return this.leave(session);
    this.#connect();
    // The stream ended when the client gave up.
    void this.prices.watch(this.#client);
  }

  /** @param {string} room */
  #goTo(room) {
    showTab('chat');
    return this.#enter(room);
  }

  /** @param {string} room */
  async #enter(room) {
    if (!this.#isOpen) {
      // It is entered as soon as there is a connection.
      this.room = room;
      return;
    }
    try {
      const view = await this.#client.request('room.enter', { room });
      this.room = view.room;
      byId('room-title').textContent = view.room;
      this.#text.placeholder = `Message #${view.room}`;
      history.replaceState(null, '', `#${encodeURIComponent(view.room)}`);
      this.messages.show(view.room, view.messages);
      this.people.show(view.people);
      this.rooms.setRooms(view.rooms);
      this.rooms.setCurrent(view.room);
      this.tell('');
    } catch (error) {
      this.tell(describe(error));
    }
  }

  /** @param {Event} event */
  async #onSubmit(event) {
    event.preventDefault();
    const text = this.#text.value.trim();
    if (text === '' || !this.#isOpen) return;
    this.#text.value = '';
    this.#resize();
    try {
      this.messages.add(await this.#client.request('message.send', { text }));
      this.tell('');
    } catch (error) {
      // What was written is given back, or it would be lost.
      if (this.#text.value === '') this.#text.value = text;
      this.#resize();
      this.tell(`Not sent. ${describe(error)}`);
    }
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#form.requestSubmit();
  }

  #onInput() {
    this.#resize();
    const now = Date.now();
    if (this.#text.value === '' || now - this.#lastTyping < TYPING_EVERY || !this.#isOpen) return;
    this.#lastTyping = now;
    this.#client.send('typing');
  }

  #resize() {
    this.#text.style.height = 'auto';
    this.#text.style.height = `${this.#text.scrollHeight}px`;
  }

  /** Shows it below what is being written. @param {string} problem */
  tell(problem) {
    this.#problem.textContent = problem;
  }
}

/** A page is told 1006 and no more, so ask over HTTP before trying again. */
async function mayReturn() {
  const session = await readSession();
  if (session.kind === 'unreachable') throw new Error('The server cannot be reached.');
  return session.kind === 'in' ? {} : false;
}

function readRoomFromAddress() {
  try {
    return decodeURIComponent(location.hash.slice(1)) || 'lobby';
  } catch {
    return 'lobby';
  }
}

/** @param {any} error */
function describe(error) {
  const [detail] = error.details ?? [];
  return detail?.messages?.[0] ?? error.message;
}
