import { deflateRawSync } from 'node:zlib';
import { maskedFrame, plainFrame } from './frames.mjs';
import { PAYLOADS } from './payloads.mjs';
import { createRandom } from './random.mjs';

const VARIANT_BYTES = 8 * 1024 * 1024;
const MAX_VARIANTS = 128;
const SYNC_TAIL_LENGTH = 4;

/**
 * The messages of a workload, ready to send: `ring` holds `count` masked frames one after another,
 * and the first `inFlight` of them again, so that any run of frames is one slice;
 * `starts[i]` is where frame i begins, `answers[i]` the frame that must come back.
 */
export function buildMessages({ payload, bytes, inFlight, deflate, raw }) {
  const random = createRandom(7);
  const fitting = Math.floor(VARIANT_BYTES / bytes);
  const count = Math.max(inFlight, Math.min(MAX_VARIANTS, fitting));
  const texts = Array.from({ length: count }, () => Buffer.from(PAYLOADS[payload](random, bytes)));
  const frames = texts.map((text) =>
    deflate ? maskedFrame(compress(text), random, true) : maskedFrame(text, random),
  );
  const ringed = [...frames, ...frames.slice(0, inFlight)];
  const starts = [0];
  for (const frame of ringed) starts.push(starts.at(-1) + frame.length);
  const answers = raw ? frames : texts.map(plainFrame);
  return { count, texts, answers, starts, ring: Buffer.concat(ringed) };
}

/** Compressed on its own (RFC 7692 7.2.1): legal under any context takeover, so it can be built beforehand. */
function compress(text) {
  const flushed = deflateRawSync(text, { finishFlush: 2 /* Z_SYNC_FLUSH */ });
  return flushed.subarray(0, flushed.length - SYNC_TAIL_LENGTH);
}
