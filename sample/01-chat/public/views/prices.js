import { byId, make } from '../dom.js';

/** @typedef {{ symbol: string, price: number, change: number }} Quote */

const SVG = 'http://www.w3.org/2000/svg';
const POINTS = 32;

/** Live prices. Pausing stops asking for more, so that the server sends nothing meanwhile. */
export class PricesView {
  #list = byId('price-list');
  #button = byId('price-toggle');
  #note = byId('price-note');
  /** @type {Map<string, ReturnType<typeof makeRow>>} */ #rows = new Map();
  /** @type {{ pause(): void, resume(): void } | undefined} */ #stream;
  #paused = false;

  constructor() {
    this.#list.replaceChildren();
    this.#button.onclick = () => this.#toggle();
    this.#render();
  }

  /** @param {import('../wsgate.js').WsgateClient} client */
  watch(client) {
    const symbols = ['OAK', 'TEA', 'INK', 'SALT', 'WOOL'];
    this.#stream = client.stream(
      'prices.watch',
      { symbols },
      {
        onNext: ({ tick, quotes }, dropped) => this.#show(tick, quotes, dropped),
        onError: () => this.#render(),
      },
    );
    if (this.#paused) this.#stream.pause();
  }

  #toggle() {
    this.#paused = !this.#paused;
    this.#render();
    if (this.#paused) this.#stream?.pause();
    else this.#stream?.resume();
  }

  #render() {
    this.#button.textContent = this.#paused ? 'Resume' : 'Pause';
    this.#list.classList.toggle('paused', this.#paused);
    this.#note.textContent = this.#paused ? 'Paused. The server waits.' : 'Waiting for prices…';
  }

  /** @param {number} tick @param {Quote[]} quotes @param {number} dropped */
  #show(tick, quotes, dropped) {
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
