import type { Act, Case, Exchange, Expected } from './cases/case.js';
import { close, gotClose, gotPong, ping } from './cases/words.js';
import type { Incoming } from './peer/incoming.js';
import type { Outgoing, Peer, PeerRole } from './peer/peer.js';
import type { Chop } from './peer/wire.js';
import { InvalidUse, perform, type Subject } from './subjects.js';

/** A case of up to this many octets is also delivered octet by octet. */
const SHORT = 600;

/** Ends a case that leaves the connection open: the pong comes next, so nothing else had been on its way. */
const GOODBYE: readonly Exchange[] = [
  { send: [ping('fence')], expect: [gotPong('fence')] },
  { send: [close(1000)], expect: gotClose(1000) },
];

/** The two ends of an open connection. */
export interface Conversation {
  readonly peer: Peer;
  readonly peerRole: PeerRole;
  readonly subject: Subject;
}

/** The ways to cut what a case sends. */
export function deliveriesOf(row: Case): readonly Chop[] {
  if (row.deliver) return row.deliver;
  const sent = [row, ...(row.next ?? [])].flatMap((exchange) => exchange.send ?? []);
  const size = sent.reduce((sum, part) => sum + sizeOf(part), 0);
  if (size === 0 || size > SHORT) return ['together'];
  return sent.length > 1 ? ['together', 'frames', 1] : ['together', 1];
}

function sizeOf(part: Outgoing): number {
  return 'octets' in part ? part.octets.length : part.payload.length + 6;
}

/** Plays a whole case; throws at the first thing that differs from what the case says. */
export async function drive(row: Case, chop: Chop, conversation: Conversation): Promise<void> {
  const exchanges = [row, ...(row.next ?? [])];
  const ends = exchanges.some((exchange) => exchange.expect?.some(({ kind }) => kind === 'end'));
  try {
    for (const exchange of ends ? exchanges : [...exchanges, ...GOODBYE]) {
      await play(exchange, chop, conversation);
    }
    if (row.reports) await checkReport(row.reports, conversation.subject);
  } finally {
    conversation.peer.wire.destroy();
  }
  await conversation.subject.closed;
}

async function play(exchange: Exchange, chop: Chop, conversation: Conversation): Promise<void> {
  for (const act of exchange.acts ?? []) carryOut(act, conversation);
  await conversation.peer.send(exchange.send ?? [], chop);
  for (const expected of exchange.expect ?? []) await meet(expected, conversation);
}

function carryOut(act: Act, { peer, subject }: Conversation): void {
  if (act.act === 'peer vanishes') return peer.wire.destroy();
  if (act.act === 'peer ends') return peer.wire.end();
  try {
    perform(subject.socket, act);
  } catch (error) {
    if (act.refused && error instanceof InvalidUse) return;
    throw error;
  }
  if (act.refused === true) throw new Error(`${JSON.stringify(act)} should have thrown`);
}

async function meet(expected: Expected, { peer, peerRole }: Conversation): Promise<void> {
  if (expected.kind !== 'end') {
    const got = await peer.next(describe(expected));
    if (!isMet(expected, got)) throw new Error(`expected ${describe(expected)}, got ${show(got)}`);
    return;
  }
  // RFC 6455 section 7.1.1: the server closes TCP first, the client waits for that.
  if (peerRole === 'server') peer.wire.end();
  await peer.nothingButTheEnd();
  peer.wire.end();
}

function isMet(expected: Exclude<Expected, { kind: 'end' }>, got: Incoming): boolean {
  if (expected.kind === 'close') {
    if (got.kind !== 'close' || !expected.codes.includes(got.code)) return false;
    return expected.reason === undefined || expected.reason === got.reason;
  }
  if (got.kind === 'close' || got.kind !== expected.kind) return false;
  if (!got.data.equals(expected.data)) return false;
  if (expected.kind !== 'message' || got.kind !== 'message') return true;
  return got.type === expected.type && [got.compressed, undefined].includes(expected.compressed);
}

async function checkReport(wanted: NonNullable<Case['reports']>, subject: Subject): Promise<void> {
  const got = await subject.closed;
  const reasonIsRight = wanted.reason === undefined || wanted.reason === got.reason;
  if (wanted.code !== got.code || !reasonIsRight) {
    throw new Error(`expected the report ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`);
  }
}

function describe(expected: Expected): string {
  if (expected.kind === 'end') return 'the end';
  if (expected.kind === 'close') return `a Close frame with ${expected.codes.join(' or ')}`;
  const type = expected.kind === 'message' ? expected.type : expected.kind;
  return `${type} of ${expected.data.length}: ${start(expected.data)}`;
}

function show(got: Incoming): string {
  if (got.kind === 'close') return `a Close frame with ${got.code} ${got.reason}`;
  const type = got.kind === 'message' ? got.type : got.kind;
  return `${type} of ${got.data.length}: ${start(got.data)}`;
}

function start(data: Buffer): string {
  return JSON.stringify(data.toString('latin1', 0, 40));
}
