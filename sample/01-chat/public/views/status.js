import { byId } from '../dom.js';

/** Whether the connection is there, and what is being done about it. */
export class StatusView {
  #pill = byId('status');
  #text = byId('status-text');
  #offline = byId('offline');
  #broke = false;

  /** @param {() => void} retry */
  constructor(retry) {
    byId('retry').onclick = retry;
  }

  /** @param {import('/wsgate/client/index.js').WsStatus} status */
  show({ state }) {
    if (state === 'waiting') this.#broke = true;
    if (['open', 'stopped', 'closed'].includes(state)) this.#broke = false;
    this.#offline.hidden = !this.#broke;
    this.#pill.dataset.state = state;
    this.#text.textContent = this.#describe(state);
  }

  /** @param {string} state */
  #describe(state) {
    if (state === 'open') return 'Connected';
    if (state === 'stopped' || state === 'closed') return 'Disconnected';
    return this.#broke ? 'Reconnecting…' : 'Connecting…';
  }
}
