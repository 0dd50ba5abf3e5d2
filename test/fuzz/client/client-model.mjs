/**
 * What becomes of one request or stream of the client, by the messages of PROTOCOL.md that come for
 * it: the first outcome counts, and nothing after it.
 */
export class CallModel {
  items = [];
  /** Items the server says are missing. */
  dropped = 0;
  /** `open`, or how it ended. */
  end = 'open';
  /** The client must tell the server that it wants no more. */
  isCancelled = false;
  #isStream;

  constructor(isStream) {
    this.#isStream = isStream;
  }

  take({ op, data, error, dropped }) {
    if (this.end !== 'open') return;
    const isCount = Number.isSafeInteger(dropped) && dropped > 0;
    if (isCount && this.#isStream && op !== 'reply') this.dropped += dropped;
    if (op === 'error') this.end = `remote ${error.code}`;
    else if (this.#isStream) this.#takeForStream(op, data);
    else if (op === 'reply') this.end = `reply ${JSON.stringify(data)}`;
    else {
      this.end = 'client NOT_A_REPLY';
      this.isCancelled = op === 'next';
    }
  }

  /** The application wants no more. */
  stop() {
    if (this.end !== 'open') return;
    this.end = this.#isStream ? 'stopped' : 'aborted';
    this.isCancelled = true;
  }

  /** The connection ends, or the client is closed. */
  lose(code) {
    if (this.end === 'open') this.end = `client ${code}`;
  }

  #takeForStream(op, data) {
    if (op !== 'complete') this.items.push(JSON.stringify(data));
    if (op !== 'next') this.end = 'complete';
  }
}

/** PROTOCOL.md's shapes of server messages, read anew; undefined for what a client ignores. */
export function readOutcome(value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const { op, id, data, error, dropped } = Object.fromEntries(Object.entries(value));
  if (op === undefined) return undefined;
  if (op === 'error')
    return isError(error) && (id === undefined || isId(id))
      ? { op, id, error, dropped }
      : undefined;
  return ['reply', 'next', 'complete'].includes(op) && isId(id)
    ? { op, id, data, dropped }
    : undefined;
}

function isId(id) {
  return typeof id === 'string' || Number.isSafeInteger(id);
}

function isError(error) {
  return typeof error?.code === 'string' && typeof error.message === 'string';
}
