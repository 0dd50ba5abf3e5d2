import { STATUSES } from './behaviours.mjs';
import { keyOf } from './read-shape.mjs';

/** Thrown for anything the server must not have sent, or not have left out. */
export class Deviation extends Error {}

/** In what clients send and nobody may repeat in an error. */
export const SECRET = 'SECRET';

const MEMBERS = {
  reply: ['op', 'id', 'data'],
  next: ['op', 'id', 'data', 'dropped'],
  complete: ['op', 'id', 'dropped'],
  error: ['op', 'id', 'error', 'dropped'],
  pong: ['op'],
};

/** What must come between two looks: in order for each id, in any order between ids. */
export class Expected {
  pongs = 0;
  #byId = new Map();

  add(id, message) {
    const key = id === undefined ? '' : keyOf(id);
    const entry = { message, isOptional: false };
    if (!this.#byId.has(key)) this.#byId.set(key, []);
    this.#byId.get(key).push(entry);
    return entry;
  }

  /** Throws a {@link Deviation} unless this is what came. */
  check(received) {
    const byId = new Map();
    let pongs = 0;
    for (const message of received) {
      checkShape(message);
      if (message.op === 'pong') pongs += 1;
      else {
        const key = message.id === undefined ? '' : keyOf(message.id);
        byId.set(key, [...(byId.get(key) ?? []), message]);
      }
    }
    if (pongs !== this.pongs) throw new Deviation(`${pongs} pongs, not ${this.pongs}`);
    for (const key of new Set([...byId.keys(), ...this.#byId.keys()])) {
      checkSequence(key, this.#byId.get(key) ?? [], byId.get(key) ?? []);
    }
  }
}

function checkSequence(key, entries, messages) {
  // Errors of events come when their handlers fail: in no order.
  if (key === '') return checkErrors(entries, messages);
  const rest = [...messages];
  for (const { message, isOptional } of entries) {
    if (rest.length > 0 && isLike(message, rest[0])) rest.shift();
    else if (!isOptional) {
      throw new Deviation(`for ${key}: ${show(rest[0])} instead of ${show(message)}`);
    }
  }
  if (rest.length > 0) throw new Deviation(`for ${key}: ${show(rest[0])}, though nothing was due`);
}

function checkErrors(entries, messages) {
  const due = entries.map(({ message }) => message.code).sort();
  const came = messages.map(({ error }) => error?.code).sort();
  if (String(due) !== String(came)) throw new Deviation(`without id: [${came}], not [${due}]`);
}

function isLike(due, came) {
  if (due.orElse !== undefined && came.op === 'error') return came.error.code === due.orElse;
  if (came.op !== due.op) return false;
  if (due.op === 'error' && came.error.code !== due.code) return false;
  if (came.dropped !== due.dropped) return false;
  if ('data' in due !== 'data' in came) return false;
  return due.orElse !== undefined || JSON.stringify(due.data) === JSON.stringify(came.data);
}

function checkShape(message) {
  const members = MEMBERS[message.op];
  if (members === undefined) throw new Deviation(`a message nobody asked for: ${show(message)}`);
  const extra = Object.keys(message).find((name) => !members.includes(name));
  if (extra !== undefined) throw new Deviation(`${message.op} with ${extra}`);
  const { dropped = 1, error } = message;
  if (!Number.isSafeInteger(dropped) || dropped < 1) throw new Deviation(`dropped: ${dropped}`);
  if (message.op !== 'pong' && message.op !== 'error' && !('id' in message)) {
    throw new Deviation(`${message.op} without id`);
  }
  if (message.op === 'error') checkError(error);
}

function checkError(error) {
  const { code, message, status } = error;
  if (!STATUSES.has(code) || status !== STATUSES.get(code) || typeof message !== 'string') {
    throw new Deviation(`an error that is not in the table: ${show(error)}`);
  }
  if (JSON.stringify(error).includes(SECRET)) throw new Deviation(`an echo: ${show(error)}`);
}

function show(message) {
  if (message === undefined) return 'nothing';
  try {
    return JSON.stringify(message).slice(0, 300);
  } catch {
    return `${message.op} with data too deep to show`;
  }
}
