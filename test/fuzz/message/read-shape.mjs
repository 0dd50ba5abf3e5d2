/**
 * PROTOCOL.md's shapes of client messages, read anew: what a decoded value asks for. `bad` has the
 * id the error is to carry, where there is a usable one.
 */
export function readShape(value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return { kind: 'bad' };
  const own = new Map(Object.entries(value));
  const id = isId(own.get('id')) ? own.get('id') : undefined;
  const bad = { kind: 'bad', id };
  if (own.has('op')) return readOp(own, id, bad);
  if (typeof own.get('type') !== 'string') return bad;
  const call = { type: own.get('type'), data: own.get('data') };
  if (!own.has('id')) return { kind: 'event', ...call };
  if (id === undefined) return bad;
  if (!own.has('credit')) return { kind: 'call', ...call, id, credit: Infinity };
  const credit = own.get('credit');
  return isCount(credit, 0) ? { kind: 'call', ...call, id, credit } : bad;
}

function readOp(own, id, bad) {
  const op = own.get('op');
  if (op === 'ping') return { kind: 'ping' };
  if (id === undefined) return bad;
  if (op === 'cancel') return { kind: 'cancel', id };
  if (op === 'credit' && isCount(own.get('n'), 1)) return { kind: 'credit', id, n: own.get('n') };
  return bad;
}

function isId(value) {
  return typeof value === 'string' || (Number.isInteger(value) && Math.abs(value) < 2 ** 53);
}

function isCount(value, least) {
  return Number.isInteger(value) && value >= least && value < 2 ** 53;
}

/** `1` and `"1"` are two ids; `-0` and `0` are one. */
export function keyOf(id) {
  return typeof id === 'string' ? `"${id}"` : String(id);
}
