import { isDeepStrictEqual } from 'node:util';
import { Fault } from './call-record.mjs';
import { dieInHandshake, sendHalfFrame, violate } from './bad-bytes.mjs';

function expect(actual, expected, what) {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Fault(`${what}: ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
}

function expectOneOf(actual, allowed, what) {
  if (!allowed.includes(actual)) throw new Fault(`${what}: ${actual}, not ${allowed.join(' or ')}`);
}

function randomData({ random }) {
  const text = 'x'.repeat(random.pick([0, 10, 200, 3000]));
  return random.pick([null, 42, `grüße ${text}`, { text, list: [1, 2, { deep: true }] }]);
}

/** Many calls at once and some after each other; every reply is compared with what was asked. */
async function talk(visit) {
  const { random } = visit;
  const peer = await visit.open();
  await Promise.all(
    Array.from({ length: 1 + random.below(20) }, async () => {
      const data = randomData(visit);
      const isLater = random.once(2);
      const answer = isLater
        ? await peer.request('later', { ms: random.below(30), data })
        : await peer.request('echo', data);
      expect(answer, data, 'an answer');
    }),
  );
  await visit.rest();
  const turns = Array.from({ length: random.below(5) }, () => peer.request('turn', { ms: 2 }));
  expect(
    await Promise.all(turns),
    turns.map((_, at) => at + 1),
    'serial turns',
  );
  expect(await peer.close(), 1000, 'the close code');
}

/** Every way to be refused, by its code. */
async function fail(visit) {
  const peer = await visit.open();
  const errorOf = async (type, data) => (await peer.finish(peer.call(type, data))).error;
  const teapot = { code: 'TEAPOT', message: 'short and stout', details: { volume: 1 } };
  expect(await errorOf('refuse'), teapot, 'an exception of the application');
  const internal = { code: 'INTERNAL', message: 'Internal server error', status: 500 };
  expect(await errorOf('break'), internal, 'an unexpected exception');
  expect((await errorOf('__proto__')).code, 'UNKNOWN_TYPE', 'an unknown type');
  for (const nonsense of [{ op: 'subscribe' }, { type: 7 }, []]) peer.send(nonsense);
  await peer.fence();
  const codes = peer.pushes.filter(({ op }) => op === 'error').map(({ error }) => error.code);
  expect(codes, Array(3).fill('BAD_MESSAGE'), 'the answers to nonsense');
  await visit.rest();
  expect(await peer.close(), 1000, 'the close code');
}

/** Streams to their end, with credit and without, all items there and in order. */
async function stream(visit) {
  const { random } = visit;
  const peer = await visit.open();
  await Promise.all(
    Array.from({ length: 1 + random.below(4) }, async () => {
      const type = random.pick(['ticks', 'range', 'lines']);
      const count = random.below(50);
      const record = openStream(visit, peer, type, { count, size: random.pick([4, 500]) });
      const outcome = await peer.finish(record);
      expect(outcome.op, 'complete', `the end of ${type}`);
      const numbers = record.items.map((item) => Number.parseInt(item, 10));
      expect(
        numbers,
        Array.from({ length: count }, (_, n) => n),
        `the items of ${type}`,
      );
      visit.tally.streams += 1;
    }),
  );
  await visit.rest();
  expect(await peer.close(), 1000, 'the close code');
}

function openStream({ random }, peer, type, data) {
  if (random.once(2)) return peer.call(type, data);
  const credit = random.below(8);
  const record = peer.call(type, data, { credit, onItem: () => peer.grant(record, 1) });
  if (credit === 0) peer.grant(record, 1 + random.below(5));
  return record;
}

/** Cancels calls and streams, waiting and running ones; what cannot be cancelled is over. */
async function cancel(visit) {
  const { random } = visit;
  const peer = await visit.open();
  const records = Array.from({ length: 1 + random.below(6) }, () => {
    const type = random.pick(['endless', 'quiet', 'lines', 'hold', 'turn', 'range', 'later']);
    const data = { count: 1e6, size: random.pick([10, 2000]), ms: random.below(20) };
    return peer.call(type, data, { credit: random.pick([undefined, 0, 3]) });
  });
  await visit.wait(random.below(100));
  for (const record of records) await peer.cancel(record);
  expect(await peer.request('echo', 'still here'), 'still here', 'a call after cancels');
  expect(await peer.close(), 1000, 'the close code');
}

/** Rooms: what is said there is heard in order, and nothing once it is left. */
async function chat(visit) {
  const { random } = visit;
  const peer = await visit.open();
  const rooms = [`own ${visit.number}`, `shared ${random.below(20)}`];
  for (const room of rooms) await peer.request('join', { room });
  const count = 1 + random.below(8);
  for (let n = 0; n < count; n++) {
    await Promise.all(rooms.map((room) => peer.request('say', { room, text: String(n) })));
  }
  await peer.fence();
  const heard = () => peer.pushes.filter(({ data }) => data.room === rooms[0]);
  expect(
    heard().map(({ data }) => data.text),
    Array.from({ length: count }, (_, n) => String(n)),
    'what was said',
  );
  if (random.once(2)) {
    for (const room of rooms) await peer.request('leave', { room });
    peer.pushes.length = 0;
    await peer.request('say', { room: rooms[0], text: 'nobody hears' });
    await peer.fence();
    expect(heard(), [], 'what is heard outside');
  }
  if (random.once(6)) await peer.request('say', { room: 'everybody', text: 'to all' });
  expect(await peer.close(), 1000, 'the close code');
}

/** Is refused by a guard, and told so. */
async function refused(visit) {
  const [door, status] = visit.random.pick([
    ['forbid', 403],
    ['unauthorized', 401],
    ['break', 500],
    ['hang', 503],
  ]);
  expect(await visit.knock({ 'x-door': door }), status, `the answer at a door that says ${door}`);
}

const UNFINISHED = ['endless', 'quiet', 'lines', 'hold', 'turn', 'later', 'ticks', 'range'];

/** Begins all sorts of things: what a rude end is to interrupt. */
async function leaveInTheMiddle(visit, end, path) {
  const { random } = visit;
  const peer = await visit.open({ 'x-hook': random.pick(['slow', 'none']) }, path);
  for (let n = random.below(8); n > 0; n--) {
    const type = random.pick(UNFINISHED);
    peer.call(
      type,
      { count: 1e6, size: 1000, ms: 20 },
      { credit: random.pick([undefined, 0, 2, 16]) },
    );
  }
  peer.call('join', { room: `left ${random.below(10)}` });
  if (random.once(2)) await visit.rest();
  return end(peer);
}

function reset(visit) {
  return leaveInTheMiddle(visit, async (peer) => {
    peer.reset();
    await peer.ended();
  });
}

function closeInTheMiddle(visit) {
  return leaveInTheMiddle(visit, async (peer) => {
    expect(await peer.close(), 1000, 'the close code');
  });
}

function cutInAFrame(visit) {
  return leaveInTheMiddle(visit, async (peer) => {
    sendHalfFrame(peer.transport);
    if (visit.random.once(2)) peer.transport.end();
    else peer.reset();
    await peer.ended();
  });
}

function breakTheProtocol(visit) {
  return leaveInTheMiddle(visit, async (peer) => {
    const expected = violate(visit.random, peer.transport);
    expectOneOf(await peer.ended(), [expected], 'the close code of a violation');
  });
}

/** Four times what the application's heartbeat needs to miss somebody, on a machine that has nothing else to do. */
const SILENCE_MS = 12_000;

/** Neither reads nor answers: the heartbeat's, or the stalled output's, deadline ends it. */
function fallSilent(visit) {
  const end = async (peer) => {
    peer.stopReading();
    await visit.wait(SILENCE_MS);
    peer.readOn();
    expectOneOf(await peer.ended(), [1006, 4408], 'the close code of the silent');
  };
  return leaveInTheMiddle(visit, end, '/soak/silent');
}

/** Reads late, but reads: nothing of a stream that waits is lost. */
async function readLate(visit) {
  const peer = await visit.open();
  const record = peer.call('lines', { count: 400, size: 2000 });
  peer.stopReading();
  await visit.wait(300);
  peer.readOn();
  expect((await peer.finish(record)).op, 'complete', 'the end of a stream read late');
  expect(record.items.length, 400, 'the items of a stream read late');
  expect(await peer.close(), 1000, 'the close code');
}

/** How often each kind of visitor comes, relative to each other. */
export const VISITORS = [
  [talk, 8],
  [stream, 6],
  [cancel, 5],
  [chat, 6],
  [fail, 2],
  [readLate, 1],
  [refused, 3],
  [dieInHandshake, 3],
  [reset, 4],
  [closeInTheMiddle, 4],
  [cutInAFrame, 3],
  [breakTheProtocol, 3],
  [fallSilent, 1],
];

const DECK = VISITORS.flatMap(([visitor, weight]) => Array.from({ length: weight }, () => visitor));

export function pickVisitor(random) {
  return random.pick(DECK);
}
