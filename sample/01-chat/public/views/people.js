import { byId, make, makeAvatar } from '../dom.js';

const TYPING_LASTS = 3_000;

/** Who is in the room, and who is typing there. */
export class PeopleView {
  #list = byId('people-list');
  #count = byId('people-count');
  #typing = byId('typing');
  /** @type {Map<string, number>} */ #typists = new Map();

  /** @param {string} me */
  constructor(me) {
    this.me = me;
  }

  /** @param {readonly string[]} names */
  show(names) {
    this.#count.textContent = String(names.length);
    this.#list.replaceChildren(...names.map((name) => this.#makePerson(name)));
    for (const name of this.#typists.keys()) if (!names.includes(name)) this.stopsTyping(name);
  }

  /** @param {string} name */
  isTyping(name) {
    clearTimeout(this.#typists.get(name));
    this.#typists.set(
      name,
      setTimeout(() => this.stopsTyping(name), TYPING_LASTS),
    );
    this.#renderTyping();
  }

  /** @param {string} name */
  stopsTyping(name) {
    clearTimeout(this.#typists.get(name));
    this.#typists.delete(name);
    this.#renderTyping();
  }

  /** @param {string} name */
  #makePerson(name) {
    const you = name === this.me ? [make('span', { class: 'you' }, 'you')] : [];
    return make('li', {}, makeAvatar(name), make('span', { class: 'name' }, name), ...you);
  }

  #renderTyping() {
    const names = [...this.#typists.keys()];
    const [first = ''] = names;
    const who = names.length > 2 ? 'Several people' : names.join(' and ') || first;
    this.#typing.textContent = names.length
      ? `${who} ${names.length > 1 ? 'are' : 'is'} typing…`
      : '';
  }
}
