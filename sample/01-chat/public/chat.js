import { readSession } from './api.js';
import { byId } from './dom.js';
import { MessagesView } from './views/messages.js';
import { PeopleView } from './views/people.js';
import { PricesView } from './views/prices.js';
import { RoomsView } from './views/rooms.js';
import { StatusView } from './views/status.js';
import { showTab } from './views/tabs.js';
import { WsgateClient } from './wsgate.js';

const TYPING_EVERY = 2_000;
const SESSION_ENDED = 4401;

/** The chat of somebody who is logged in. */
export class Chat {
  #text = byId('text');
  #form = byId('composer');
  #send = byId('send');
  #problem = byId('problem');
  #lastTyping = 0;

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
    this.client = new WsgateClient(new URL('chat', location.href).href.replace(/^http/, 'ws'), {
      onOpen: () => this.#onOpen(),
      onStatus: (status) => this.#onStatus(status),
      onPush: (type, data) => this.#onPush(type, data),
      mayReturn: (close) => this.#mayReturn(close),
    });
    this.status = new StatusView(() => this.client.connect());
    this.#form.onsubmit = (/** @type {Event} */ event) => this.#onSubmit(event);
    this.#text.onkeydown = (/** @type {KeyboardEvent} */ event) => this.#onKey(event);
    this.#text.oninput = () => this.#onInput();
    window.onhashchange = () => void this.#goTo(readRoomFromAddress());
    window.ononline = () => this.client.connect();
  }

  start() {
    this.client.connect();
    this.#text.focus();
  }

  stop() {
    window.onhashchange = window.ononline = null;
    this.client.stop();
    this.messages.stop();
  }

  #onOpen() {
    void this.#enter(this.room);
    this.prices.watch(this.client);
  }

  /** @param {import('./wsgate.js').Status} status */
  #onStatus(status) {
    this.status.show(status);
    this.#send.disabled = status.state !== 'open';
  }

  /** @param {string} type @param {any} data */
  #onPush(type, data) {
    switch (type) {
      case 'message.new':
        this.people.stopsTyping(data.from);
        return this.messages.add(data);
      case 'people':
        return data.room === this.room ? this.people.show(data.people) : undefined;
      case 'rooms':
        return this.rooms.setRooms(data.rooms);
      case 'typing':
        return this.people.isTyping(data.name);
      default:
        return undefined;
    }
  }

  /** A page is told 1006 and no more, so ask over HTTP. @param {{ code: number, opened: boolean }} close */
  async #mayReturn({ code, opened }) {
    if (opened && code !== SESSION_ENDED) return true;
    const session = await readSession();
    if (session.kind === 'in' || session.kind === 'unreachable') return true;
    this.leave(session);
    return false;
  }

  /** @param {string} room */
  #goTo(room) {
    showTab('chat');
    return this.#enter(room);
  }

  /** @param {string} room */
  async #enter(room) {
    try {
      const view = await this.client.call('room.enter', { room });
      this.room = view.room;
      byId('room-title').textContent = view.room;
      this.#text.placeholder = `Message #${view.room}`;
      history.replaceState(null, '', `#${encodeURIComponent(view.room)}`);
      this.messages.show(view.room, view.messages);
      this.people.show(view.people);
      this.rooms.setRooms(view.rooms);
      this.rooms.setCurrent(view.room);
      this.#tell('');
    } catch (error) {
      this.#tell(describe(error));
    }
  }

  /** @param {Event} event */
  async #onSubmit(event) {
    event.preventDefault();
    const text = this.#text.value.trim();
    if (text === '' || !this.client.isOpen) return;
    this.#text.value = '';
    this.#resize();
    try {
      this.messages.add(await this.client.call('message.send', { text }));
      this.#tell('');
    } catch (error) {
      // What was written is given back, or it would be lost.
      if (this.#text.value === '') this.#text.value = text;
      this.#resize();
      this.#tell(`Not sent. ${describe(error)}`);
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
    if (this.#text.value === '' || now - this.#lastTyping < TYPING_EVERY) return;
    this.#lastTyping = now;
    this.client.emit('typing');
  }

  #resize() {
    this.#text.style.height = 'auto';
    this.#text.style.height = `${this.#text.scrollHeight}px`;
  }

  /** @param {string} problem */
  #tell(problem) {
    this.#problem.textContent = problem;
  }
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
