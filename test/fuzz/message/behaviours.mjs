/** Low, so that a short case reaches them. */
export const LIMITS = {
  maxCallsInFlight: 4,
  maxStreamsInFlight: 3,
  maxPendingMessages: 1000,
  // What is nested deep, or holds many values, shall reach the handlers.
  maxValues: 0,
};

/** Items that `buffer`, `oldest` and `newest` keep. */
export const BUFFER = 3;

/**
 * What the handler of each type does, as far as its client can tell.
 *
 * - `value`: answers at once with what `reply` makes of the data;
 * - `error`: fails at once;
 * - `wait`: settles when the case says so;
 * - `source`: an Observable that emits when the case says so, and what it does with what has no credit;
 * - `items`: a generator of so many numbers, pulled; `broken` ends with an item nobody can encode.
 */
export const BEHAVIOURS = new Map([
  ['echo', { kind: 'value', reply: (data) => data }],
  ['nothing', { kind: 'value', reply: () => undefined }],
  ['join', { kind: 'value', reply: () => 1 }],
  ['refuse', { kind: 'error', code: 'TEAPOT' }],
  ['break', { kind: 'error', code: 'INTERNAL' }],
  ['check', { kind: 'error', code: 'VALIDATION' }],
  ['forbid', { kind: 'error', code: 'FORBIDDEN' }],
  ['later', { kind: 'wait' }],
  ['turn', { kind: 'wait', isSerial: true }],
  ['buffer', { kind: 'source', overflow: 'fail', capacity: BUFFER }],
  ['strict', { kind: 'source', overflow: 'fail', capacity: 0 }],
  ['oldest', { kind: 'source', overflow: 'oldest', capacity: BUFFER }],
  ['newest', { kind: 'source', overflow: 'newest', capacity: BUFFER }],
  ['latest', { kind: 'source', overflow: 'oldest', capacity: 1 }],
  ['range', { kind: 'source', overflow: 'fail', capacity: BUFFER, isSudden: true }],
  ['count', { kind: 'items' }],
  ['broken', { kind: 'items', isBroken: true }],
]);

/** The codes of PROTOCOL.md and the statuses they come with. */
export const STATUSES = new Map([
  ['BAD_MESSAGE', 400],
  ['UNKNOWN_TYPE', 404],
  ['DUPLICATE_ID', 409],
  ['VALIDATION', 400],
  ['FORBIDDEN', 403],
  ['OVERFLOW', 503],
  ['INTERNAL', 500],
  ['TEAPOT', undefined],
]);
