import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../lib/protocol/endpoint.js';
import { RULES } from '../../lib/protocol/rules.js';
import { VECTOR_TABLES } from '../vectors/all.js';
import type { Told, Vector } from '../vectors/vector.js';
import { CLOSE, closeBody, FIN, frame, masked, PONG, readFrames, TEXT } from '../vectors/wire.js';
import { openEndpoint, otherRole, readAll, takeBytes, turnDeflate, ZLIBS } from './endpoints.js';

/** Rows up to this long are cut everywhere; longer ones near both ends and here and there. */
const CUT_EVERYWHERE = 200;

interface Outcome {
  readonly events: Told[];
  readonly output: Buffer;
}

function open(vector: Vector, zlib: string): Endpoint {
  return openEndpoint({ ...vector, zlib: ZLIBS[zlib] });
}

/** Feeds copies: an endpoint unmasks in place. */
function feed(endpoint: Endpoint, chunks: readonly Buffer[]): Outcome {
  const events: Told[] = [];
  for (const chunk of chunks) {
    endpoint.receive(Buffer.from(chunk));
    events.push(...readAll(endpoint));
  }
  const output = takeBytes(endpoint);
  endpoint.dispose();
  return { events, output };
}

/** RFC 6455 5.5.1, 5.5.2, 7.1.7: what is owed for the events. */
function expectedOutput(vector: Vector): Buffer {
  if (vector.output !== undefined) return vector.output;
  return Buffer.concat(
    vector.events.map((event) => {
      if (event[0] === 'ping') return frame(FIN | PONG, event[1]);
      if (event[0] === 'violation') {
        return frame(FIN | CLOSE, closeBody(RULES[event[1]].closeCode));
      }
      if (event[0] !== 'close') return Buffer.alloc(0);
      return frame(FIN | CLOSE, event[1] === 1005 ? '' : closeBody(event[1], event[2]));
    }),
  );
}

/** Bytes as text, which is compared and shown a thousand times as fast as a Buffer. */
function readable(events: readonly Told[]): unknown[] {
  return events.map((event) =>
    event.map((part) => (Buffer.isBuffer(part) ? part.toString('latin1') : part)),
  );
}

function expectOutcome(vector: Vector, outcome: Outcome, how: string): void {
  const frames = readFrames(outcome.output);
  const isClient = vector.role === 'client';
  const plain = frames.map(({ firstByte, payload }) => frame(firstByte, payload));
  expect({
    how,
    events: readable(outcome.events),
    isMaskedAsItMust: frames.every(({ isMasked }) => isMasked === isClient),
    output: Buffer.concat(plain).toString('hex'),
  }).toEqual({
    how,
    events: readable(vector.events),
    isMaskedAsItMust: true,
    output: expectedOutput(vector).toString('hex'),
  });
}

function cutsOf(length: number): number[] {
  const all = Array.from({ length: Math.max(0, length - 1) }, (_, i) => i + 1);
  if (length <= CUT_EVERYWHERE) return all;
  const step = Math.floor(length / 10);
  return all.filter((cut) => cut <= 20 || cut > length - 8 || cut % step === 0);
}

function endsReading(vector: Vector): boolean {
  const last = vector.events.at(-1)?.[0];
  return last === 'close' || last === 'violation';
}

function junkFor(vector: Vector): Buffer[] {
  const build = vector.role === 'server' ? masked : frame;
  return [
    Buffer.alloc(40, 0xff),
    Buffer.alloc(3),
    build(FIN | TEXT, 'late'),
    build(FIN | CLOSE, ''),
  ];
}

/** Bytes split into one chunk each. */
function byteByByte(bytes: Buffer): Buffer[] {
  return Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));
}

function sendBack(events: readonly Told[], writer: Endpoint): void {
  for (const event of events) {
    if (event[0] === 'text') writer.sendText(event[1]);
    else if (event[0] === 'binary') writer.sendBinary(event[1]);
    else if (event[0] === 'ping') writer.sendPing(event[1]);
    else if (event[0] === 'pong') writer.sendPong(event[1]);
    else if (event[0] === 'close') {
      if (event[1] === 1005) writer.sendClose();
      else writer.sendClose(event[1], event[2]);
    }
  }
}

function checkChunkings(vector: Vector, zlib: string): void {
  const { bytes } = vector;
  const run = (chunks: readonly Buffer[], how: string): void =>
    expectOutcome(vector, feed(open(vector, zlib), chunks), `${zlib}, ${how}`);
  run([bytes], 'whole');
  if (vector.isAboutChunks) return;
  run(byteByByte(bytes), 'byte by byte');
  for (const cut of cutsOf(bytes.length)) {
    run([bytes.subarray(0, cut), bytes.subarray(cut)], `cut at ${cut}`);
  }
  if (vector.failsWithLastByte) {
    const early = feed(open(vector, zlib), [bytes.subarray(0, -1)]);
    expect(early.events.some(([type]) => type === 'violation')).toBe(false);
  }
}

/** The masker works on words: where a chunk lies in its buffer must not matter. */
function checkAlignments(vector: Vector): void {
  for (let offset = 0; offset < 8; offset++) {
    const memory = Buffer.alloc(vector.bytes.length + 16, 0x55);
    const place = new Uint8Array(memory.buffer, memory.byteOffset + offset, vector.bytes.length);
    place.set(vector.bytes);
    const endpoint = open(vector, 'DrivenZlib');
    endpoint.receive(place);
    const events = readAll(endpoint);
    expectOutcome(vector, { events, output: takeBytes(endpoint) }, `at offset ${offset}`);
    endpoint.dispose();
    const around = [memory.subarray(0, offset), memory.subarray(offset + vector.bytes.length)];
    expect(Buffer.concat(around).every((byte) => byte === 0x55)).toBe(true);
  }
}

function checkJunk(vector: Vector): void {
  if (!endsReading(vector)) return;
  for (const junk of junkFor(vector)) {
    for (const chunks of [
      [Buffer.concat([vector.bytes, junk])],
      [vector.bytes, junk],
      [vector.bytes, ...byteByByte(junk)],
    ]) {
      expectOutcome(vector, feed(open(vector, 'DrivenZlib'), chunks), 'with junk behind');
    }
  }
}

function checkWriter(vector: Vector, zlib: string): void {
  const events = vector.events.filter(([type]) => type !== 'violation');
  const writer = openEndpoint({
    role: otherRole(vector.role),
    deflate: vector.deflate && turnDeflate(vector.deflate),
    zlib: ZLIBS[zlib],
  });
  sendBack(events, writer);
  const reader = open(vector, zlib);
  expect(readable(feed(reader, [takeBytes(writer)]).events)).toEqual(readable(events));
  writer.dispose();
}

describe.each(Object.entries(VECTOR_TABLES))('%s', (_, rows) => {
  it.each(rows.map((row) => [row.name, row] as const))('%s', (_name, vector) => {
    const zlibs = vector.deflate === undefined ? ['DrivenZlib'] : Object.keys(ZLIBS);
    for (const zlib of zlibs) {
      checkChunkings(vector, zlib);
      checkWriter(vector, zlib);
    }
    checkAlignments(vector);
    checkJunk(vector);
  });
});

it('every row has a name of its own', () => {
  const names = Object.values(VECTOR_TABLES).flatMap((rows) => rows.map(({ name }) => name));
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});
