import { byId, make } from '../dom.js';

/**
 * @typedef {import('../../src/prices/price-board.js').Quote} Quote
 * @typedef {import('../../src/prices/price-board.js').PriceBoard} PriceBoard
 */

const SYMBOLS = ['OAK', 'TEA', 'INK', 'SALT', 'WOOL'];
const SVG = 'http://www.w3.org/2000/svg';
const POINTS = 32;

/** Live prices. Pausing stops reading, so that the server gets no credit and sends nothing meanwhile. */
export class PricesView {
  #list = byId('price-list');
  #button = byId('price-toggle');
  #note = byId('price-note');
  /** @type {Map<string, ReturnType<typeof makeRow>>} */ #rows = new Map();
  /** @type {AsyncIterable<PriceBoard> | undefined} */ #stream;
  #dropped = 0;
  #paused = false;
  /** While paused, what ends it. */ #resume = () => {};
  /** Who reads waits for this. */ #resumed = Promise.resolve();

  constructor() {
    this.#list.replaceChildren();
    this.#button.onclick = () => this.#toggle();
    this.#render();
  }

  /** Reads one board at a time, over every connection of the client. @param {import('../chat.js').ChatClient} client */
  async watch(client) {
    const payload = { symbols: SYMBOLS };
    const onDropped = (/** @type {number} */ count) => void (this.#dropped += count);
    const options = { credit: 1, resume: () => payload, onDropped };
    const stream = client.stream('prices.watch', payload, options);
    this.#stream = stream;
    try {
      for await (const board of stream) {
        await this.#resumed;
        // A stream that was replaced while we waited.
        if (stream !== this.#stream) return;
        this.#show(board);
      }
    } catch {
      if (stream === this.#stream) this.wait();
    }
  }

  /** There is no connection. */
  wait() {
    this.#render();
  }

  #toggle() {
    this.#paused = !this.#paused;
    this.#render();
    if (this.#paused) this.#resumed = new Promise((resolve) => (this.#resume = resolve));
    else this.#resume();
  }

  #render() {
    this.#button.textContent = this.#paused ? 'Resume' : 'Pause';
    this.#list.classList.toggle('paused', this.#paused);
    this.#note.textContent = this.#paused ? 'Paused. The server waits.' : 'Waiting for prices…';
  }

  /** @param {PriceBoard} board */
  #show({ tick, quotes }) {
    const dropped = this.#dropped;
    this.#dropped = 0;
    this.#list.dataset.tick = String(tick);
    for (const quote of quotes) this.#rowOf(quote.symbol).show(quote);
    const skipped = dropped === 1 ? '1 update' : `${dropped} updates`;
    if (dropped > 0) this.#note.textContent = `Live again. ${skipped} skipped.`;
    else if (!this.#note.textContent.startsWith('Live again')) this.#note.textContent = 'Live';
  }

  /** @param {string} symbol */
  #rowOf(symbol) {
    const row = this.#rows.get(symbol) ?? makeRow(symbol);
    if (!this.#rows.has(symbol)) this.#list.append(row.item);
    this.#rows.set(symbol, row);
    return row;
  }
}

/** @param {string} symbol */
function makeRow(symbol) {
  const price = make('span', { class: 'price' });
  const change = make('span', { class: 'change' });
  const line = document.createElementNS(SVG, 'polyline');
  const chart = document.createElementNS(SVG, 'svg');
  chart.setAttribute('viewBox', '0 0 100 28');
  chart.setAttribute('preserveAspectRatio', 'none');
  chart.setAttribute('aria-hidden', 'true');
  chart.append(line);
  const item = make('li', {}, make('span', { class: 'symbol' }, symbol), chart, price, change);
  /** @type {number[]} */ const past = [];
  return {
    item,
    /** @param {Quote} quote */
    show(quote) {
      past.push(quote.price);
      if (past.length > POINTS) past.shift();
      price.textContent = quote.price.toFixed(2);
      change.textContent = `${quote.change < 0 ? '▼' : '▲'} ${Math.abs(quote.change).toFixed(2)} %`;
      item.classList.toggle('falling', quote.change < 0);
      line.setAttribute('points', draw(past));
    },
  };
}

/** The newest value is at the right end, however few there are. @param {number[]} values */
function draw(values) {
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const point = (/** @type {number} */ value, /** @type {number} */ i) =>
    `${(((i + POINTS - values.length) * 100) / (POINTS - 1)).toFixed(1)},${(25 - ((value - low) / span) * 22).toFixed(1)}`;
  return values.map(point).join(' ');
}
