import { byId, make, makeAvatar } from '../dom.js';

/** @typedef {import('../../src/chat/chat-message.js').ChatMessage} Message */

const GROUP_GAP = 5 * 60_000;
const KEPT = 400;
const NEAR_THE_END = 120;
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const calendar = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });

/** The messages of one room. Grows at the end; follows it unless the reader has scrolled away. */
export class MessagesView {
  #log = byId('messages');
  #newer = byId('newer');
  #empty = byId('no-messages');
  /** @type {Set<string>} */ #known = new Set();
  /** @type {Message | undefined} */ #last;
  #room = '';
  #follows = true;
  // A keyboard on the screen, or a longer message being written, leaves less room.
  #resizes = new ResizeObserver(() => this.#follows && this.#follow());

  /** @param {string} me */
  constructor(me) {
    this.me = me;
    this.#newer.onclick = () => this.#follow();
    this.#log.onscroll = () => {
      this.#follows = this.#isAtEnd();
      if (this.#follows) this.#newer.hidden = true;
    };
    this.#resizes.observe(this.#log);
  }

  stop() {
    this.#resizes.disconnect();
  }

  /** Another room; or the same again, when all that is new is added. @param {string} room @param {readonly Message[]} messages */
  show(room, messages) {
    if (room !== this.#room) this.#clear(room);
    // A room that is entered is not read out as if all of it were said now.
    this.#log.setAttribute('aria-busy', 'true');
    for (const message of messages) this.#append(message);
    this.#log.setAttribute('aria-busy', 'false');
    this.#follow();
  }

  /** @param {Message} message */
  add(message) {
    const follow = this.#follows || message.from === this.me;
    this.#append(message);
    if (follow) this.#follow();
    else this.#newer.hidden = false;
  }

  /** @param {string} room */
  #clear(room) {
    this.#room = room;
    this.#known.clear();
    this.#last = undefined;
    this.#log.replaceChildren(this.#empty);
    this.#empty.hidden = false;
  }

  /** @param {Message} message */
  #append(message) {
    if (this.#known.has(message.id)) return;
    this.#known.add(message.id);
    this.#empty.hidden = true;
    this.#log.append(makeMessage(message, message.from === this.me, this.#continues(message)));
    if (this.#log.childElementCount > KEPT) this.#log.children[1].remove();
    this.#last = message;
  }

  /** @param {Message} message */
  #continues({ from, at }) {
    return this.#last?.from === from && at - this.#last.at < GROUP_GAP;
  }

  #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    return scrollHeight - scrollTop - clientHeight < NEAR_THE_END;
  }

  #follow() {
    this.#follows = true;
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#newer.hidden = true;
  }
}

/** @param {Message} message @param {boolean} mine @param {boolean} continued */
function makeMessage({ from, text, at }, mine, continued) {
  const date = new Date(at);
  const time = make('time', { datetime: date.toISOString(), title: calendar.format(date) });
  time.append(clock.format(date));
  const author = make('span', { class: 'author' }, from);
  const classes = ['message', mine ? 'mine' : '', continued ? 'continued' : ''].join(' ').trim();
  return make(
    'article',
    { class: classes },
    makeAvatar(from),
    make('p', { class: 'byline' }, author, ' ', time),
    make('p', { class: 'text', dir: 'auto' }, text),
  );
}
