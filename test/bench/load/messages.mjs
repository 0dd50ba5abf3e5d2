import { deflateRawSync } from 'node:zlib';
import { DIALECTS } from './dialects.mjs';
import { BINARY, maskedFrame, plainFrame, TEXT, TEXT_COMPRESSED } from './frames.mjs';
import { PAYLOADS } from './payloads.mjs';
import { createRandom } from './random.mjs';

const RING_BYTES = 8 * 1024 * 1024;
const MAX_VARIANTS = 128;
const FIRST_ID = 1000;
const SYNC_TAIL_LENGTH = 4;
const SYNC_FLUSH = 2;

/**
 * The messages of a workload, ready to send: `ring` holds `count` masked frames one after another,
 * and the first `inFlight` of them again, so that any run of frames is one slice;
 * `starts[i]` is where frame i begins, `replies[i]` the text that must come back, `answers[i]` its frame.
 */
export function buildMessages({
  payload,
  bytes,
  inFlight,
  deflate,
  binary,
  raw,
  dialect = 'echo',
  variants,
}) {
  const random = createRandom(7);
  const first = binary ? BINARY : TEXT;
  const { call, reply } = DIALECTS[dialect];
  const count =
    variants ?? Math.max(inFlight, Math.min(MAX_VARIANTS, Math.floor(RING_BYTES / bytes)));
  const data = Array.from({ length: count }, () => PAYLOADS[payload](random, bytes));
  const replies = data.map((text, at) => Buffer.from(reply(text, FIRST_ID + at)));
  const frames = data.map((text, at) => {
    const sent = Buffer.from(call(text, FIRST_ID + at));
    return deflate
      ? maskedFrame(compress(sent), random, TEXT_COMPRESSED)
      : maskedFrame(sent, random, first);
  });
  const ringed = [...frames, ...frames.slice(0, inFlight)];
  const starts = [0];
  for (const frame of ringed) starts.push(starts.at(-1) + frame.length);
  const answers = raw ? frames : replies.map((answer) => plainFrame(answer, first));
  return { count, replies, answers, starts, ring: Buffer.concat(ringed) };
}

/** Compressed on its own (RFC 7692 7.2.1): legal under any context takeover, so it can be built beforehand. */
function compress(text) {
  const flushed = deflateRawSync(text, { finishFlush: SYNC_FLUSH });
  return flushed.subarray(0, flushed.length - SYNC_TAIL_LENGTH);
}
