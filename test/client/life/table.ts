import type { EventName } from './events.js';
import type { StateName } from './states.js';

type Row = Readonly<Partial<Record<EventName, string>>>;

/**
 * What comes of each event in each state: the status right after it, what became of the call, the
 * stream and so on, and the status in the end, when nothing stands in the way any more. Where the
 * connection is hit (`cut` and what is after it) there are two calls, and the second may be
 * repeated. `old` is a call on a connection that the server has said goaway on.
 */
export const LIFE: Readonly<Record<StateName, Row>> = {
  idle: {
    connect: 'connecting, done; open',
    request: 'connecting, done 1; open',
    stream: 'connecting, done [1,2,3]; open',
    send: 'connecting, done 1; open',
    push: 'idle, done 1; open',
    abort: 'connecting, AbortError; open',
    close: 'closed, done; closed',
  },
  authorizing: {
    connect: 'connecting, done; open',
    request: 'connecting, done 1; open',
    stream: 'connecting, done [1,2,3]; open',
    send: 'connecting, done 1; open',
    push: 'connecting, done 1; open',
    abort: 'connecting, AbortError; open',
    close: 'closed, done; closed',
  },
  connecting: {
    connect: 'connecting, done; open',
    request: 'connecting, done 1; open',
    stream: 'connecting, done [1,2,3]; open',
    send: 'connecting, done 1; open',
    push: 'connecting, done 1; open',
    abort: 'connecting, AbortError; open',
    close: 'closed, done; closed',
    cut: 'waiting, done 1, done 2; open',
    401: 'stopped, CLOSED, CLOSED; stopped',
    503: 'waiting, done 1, done 2; open',
    '503, Retry-After': 'waiting +7000 ms, done 1, done 2; open',
  },
  open: {
    connect: 'open, done; open',
    request: 'open, done 1; open',
    stream: 'open, done [1,2,3]; open',
    send: 'open, done 1; open',
    push: 'open, done 1; open',
    abort: 'open, AbortError; open',
    close: 'closed, done; closed',
    cut: 'waiting, CONNECTION_LOST, done 2; open',
    goaway: 'waiting, done 1, done 2; open',
    1001: 'waiting, CONNECTION_LOST, done 2; open',
    4401: 'stopped, CONNECTION_LOST, CLOSED; stopped',
  },
  'goaway, waiting': {
    connect: 'connecting, done; open; old: done "old"',
    request: 'waiting, done 1; open; old: done "old"',
    stream: 'waiting, done [1,2,3]; open; old: done "old"',
    send: 'waiting, done 1; open; old: done "old"',
    push: 'waiting, done 1; open; old: done "old"',
    abort: 'waiting, AbortError; open; old: done "old"',
    close: 'closed, done; closed; old: CLOSED',
    cut: 'waiting, done 1, done 2; open; old: CONNECTION_LOST',
    1001: 'waiting, done 1, done 2; open; old: done "old"',
    4401: 'waiting, done 1, done 2; open; old: CONNECTION_LOST',
  },
  'goaway, connecting': {
    connect: 'connecting, done; open; old: done "old"',
    request: 'connecting, done 1; open; old: done "old"',
    stream: 'connecting, done [1,2,3]; open; old: done "old"',
    send: 'connecting, done 1; open; old: done "old"',
    push: 'connecting, done 1; open; old: done "old"',
    abort: 'connecting, AbortError; open; old: done "old"',
    close: 'closed, done; closed; old: CLOSED',
    cut: 'waiting, done 1, done 2; open; old: CONNECTION_LOST',
    401: 'stopped, CLOSED, CLOSED; stopped; old: CLOSED',
    503: 'waiting, done 1, done 2; open; old: done "old"',
    '503, Retry-After': 'waiting +7000 ms, done 1, done 2; open; old: done "old"',
  },
  'goaway, open': {
    connect: 'open, done; open; old: done "old"',
    request: 'open, done 1; open; old: done "old"',
    stream: 'open, done [1,2,3]; open; old: done "old"',
    send: 'open, done 1; open; old: done "old"',
    push: 'open, done 1; open; old: done "old"',
    abort: 'open, AbortError; open; old: done "old"',
    close: 'closed, done; closed; old: CLOSED',
    cut: 'waiting, CONNECTION_LOST, done 2; open; old: CONNECTION_LOST',
    goaway: 'waiting, done 1, done 2; open; old: done "old"',
    1001: 'waiting, CONNECTION_LOST, done 2; open; old: done "old"',
    4401: 'stopped, CONNECTION_LOST, CLOSED; stopped; old: CLOSED',
  },
  waiting: {
    connect: 'connecting, done; open',
    request: 'waiting, done 1; open',
    stream: 'waiting, done [1,2,3]; open',
    send: 'waiting, done 1; open',
    push: 'waiting, done 1; open',
    abort: 'waiting, AbortError; open',
    close: 'closed, done; closed',
  },
  'left with 1001': {
    connect: 'open, done; open',
    request: 'open, done 1; open',
    stream: 'open, done [1,2,3]; open',
    send: 'open, done 1; open',
    push: 'open, done 1; open',
    abort: 'open, AbortError; open',
    close: 'closed, done; closed',
    cut: 'waiting, done 1, done 2; open',
  },
  'left with 4401': {
    connect: 'open, CLOSED; stopped',
    request: 'open, CLOSED; stopped',
    stream: 'open, CLOSED; stopped',
    send: 'open, CLOSED; stopped',
    push: 'open, done "nothing"; stopped',
    abort: 'open, AbortError; stopped',
    close: 'closed, done; closed',
    cut: 'stopped, CLOSED, CLOSED; stopped',
  },
  stopped: {
    connect: 'connecting, done; open',
    request: 'stopped, CLOSED; stopped',
    stream: 'stopped, CLOSED; stopped',
    send: 'stopped, CLOSED; stopped',
    push: 'stopped, done "nothing"; stopped',
    abort: 'stopped, CLOSED; stopped',
    close: 'closed, done; closed',
  },
  closing: {
    connect: 'closed, CLOSED; closed',
    request: 'closed, CLOSED; closed',
    stream: 'closed, CLOSED; closed',
    send: 'closed, CLOSED; closed',
    push: 'closed, done; closed',
    abort: 'closed, CLOSED; closed',
    close: 'closed, done; closed',
  },
  closed: {
    connect: 'closed, CLOSED; closed',
    request: 'closed, CLOSED; closed',
    stream: 'closed, CLOSED; closed',
    send: 'closed, CLOSED; closed',
    push: 'closed, done; closed',
    abort: 'closed, CLOSED; closed',
    close: 'closed, done; closed',
  },
};

/** Browsers do not tell a page how a handshake was refused, so it is tried again. */
const IN_BROWSERS: Readonly<Partial<Record<StateName, Row>>> = {
  connecting: {
    401: 'waiting, done 1, done 2; open',
    '503, Retry-After': 'waiting, done 1, done 2; open',
  },
  'goaway, connecting': {
    401: 'waiting, done 1, done 2; open; old: done "old"',
    '503, Retry-After': 'waiting, done 1, done 2; open; old: done "old"',
  },
};

/** A cell of the table, and what is expected there. */
export type LifeCell = readonly [state: StateName, event: EventName, expected: string];

/** Every cell that has something in it. */
export function listCells(platform: 'node' | 'browser'): readonly LifeCell[] {
  const states = Object.entries(LIFE) as [StateName, Row][];
  return states.flatMap(([state, row]) => {
    const cells = { ...row, ...(platform === 'browser' ? IN_BROWSERS[state] : {}) };
    return (Object.entries(cells) as [EventName, string][]).map(
      ([event, expected]) => [state, event, expected] as const,
    );
  });
}
