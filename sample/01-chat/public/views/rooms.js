import { byId, make } from '../dom.js';

/** @typedef {import('../../src/chat/room-view.js').RoomSummary} RoomSummary */

/** The list of rooms, and the form that makes one. */
export class RoomsView {
  #list = byId('room-list');
  #form = byId('room-form');
  #name = byId('room-name');
  #current = '';
  /** @type {readonly RoomSummary[]} */ #rooms = [];

  /** @param {(room: string) => void} enter */
  constructor(enter) {
    this.enter = enter;
    this.#list.replaceChildren();
    this.#form.onsubmit = (/** @type {Event} */ event) => {
      event.preventDefault();
      const name = this.#name.value.trim();
      if (name !== '') enter(name);
      this.#form.reset();
    };
  }

  /** @param {string} room */
  setCurrent(room) {
    this.#current = room;
    this.#render();
  }

  /** @param {readonly RoomSummary[]} rooms */
  setRooms(rooms) {
    this.#rooms = rooms;
    this.#render();
  }

  // The buttons stay where they are: whoever stands on one with the keyboard keeps standing there.
  #render() {
    const items = new Map([...this.#list.children].map((item) => [item.dataset.room, item]));
    const wanted = this.#rooms.map((room) => this.#update(items.get(room.name), room));
    for (const item of this.#list.children) if (!wanted.includes(item)) item.remove();
    for (const item of wanted) if (item.parentNode === null) this.#list.append(item);
  }

  /** @param {any} item @param {RoomSummary} room */
  #update(item, { name, people }) {
    const made = item ?? this.#make(name);
    const button = made.firstElementChild;
    if (name === this.#current) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
    const count = button.lastElementChild;
    count.textContent = people === 0 ? '' : String(people);
    count.setAttribute('aria-label', `${people} here`);
    return made;
  }

  /** @param {string} name */
  #make(name) {
    const hash = make('span', { class: 'hash', 'aria-hidden': 'true' }, '#');
    const label = make('span', { class: 'name' }, name);
    const button = make(
      'button',
      { type: 'button' },
      hash,
      label,
      make('span', { class: 'count' }),
    );
    button.onclick = () => this.enter(name);
    return make('li', { 'data-room': name }, button);
  }
}
