import { once } from 'node:events';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../../../test/support/until.js';
import { connectPeer, type WireMessage, type WsPeer } from '../../../test/nest/support/ws-peer.js';
import { createReports } from '../src/create-reports.js';
import { Ledger, type Line } from '../src/ledger.js';

const SILENT = { log() {}, error() {}, warn() {} };
const MILLION = 1_000_000;

let app: NestExpressApplication;
let ledger: Ledger;
let reader: WsPeer;
let other: WsPeer;

beforeEach(async () => {
  app = await createReports(SILENT);
  await app.listen(0, '127.0.0.1');
  ledger = app.get(Ledger);
  const url = `${await app.getUrl()}/reports`;
  [reader, other] = await Promise.all([connectPeer(url), connectPeer(url)]);
});

afterEach(() => app.close());

/** Resolves once no line was made during a hundred round trips of another client. */
async function standstill(): Promise<number> {
  const { made } = ledger;
  for (let n = 0; n < 100; n += 1) await other.call('report.made');
  return made === ledger.made ? made : standstill();
}

/** Reads a stream of lines to its end; resolves with their number, rejects when one is missing. */
function countLines(peer: WsPeer): Promise<number> {
  let count = 0;
  // The peer keeps every message, and a million of them are too many to keep.
  peer.socket.removeAllListeners('message');
  return new Promise((resolve, reject) => {
    peer.socket.on('message', (data: Buffer) => {
      const { op, data: line } = JSON.parse(data.toString()) as WireMessage;
      if (op === 'complete') return resolve(count);
      if (op === 'next' && (line as Line).no !== count++) reject(new Error(`${count} is missing`));
    });
  });
}

it('exports a million lines, in order, while others are served', async () => {
  const counted = countLines(reader);
  reader.send({ type: 'report.lines', id: 1, data: { to: MILLION } });
  // Two connections have no order between them: the first line tells that the export has begun.
  await once(reader.socket, 'message');
  expect((await other.call('report.made')).op).toBe('reply');
  expect(ledger.readers).toBe(1);
  expect(await counted).toBe(MILLION);
  expect(ledger.readers).toBe(0);
});

it('makes no more lines than there is credit for', async () => {
  reader.send({ type: 'report.lines', id: 1, data: {}, credit: 10 });
  await reader.next(({ data }) => (data as Line | undefined)?.no === 9);
  expect(await standstill()).toBe(10);
  reader.send({ op: 'credit', id: 1, n: 5 });
  await reader.next(({ data }) => (data as Line | undefined)?.no === 14);
  expect(await standstill()).toBe(15);
});

it('stops making lines when the client stops reading, and goes on when it reads', async () => {
  const to = MILLION / 2;
  reader.socket.pause();
  reader.send({ type: 'report.lines', id: 1, data: { to } });
  await until(() => ledger.made > 0);
  const made = await standstill();
  // What the two sockets' buffers hold, and no more: some megabytes of lines of 70 bytes.
  expect(made).toBeLessThan(to / 2);
  const counted = countLines(reader);
  reader.socket.resume();
  expect(await counted).toBe(to);
});

it('ends the generator when the client cancels', async () => {
  reader.send({ type: 'report.lines', id: 1, data: {}, credit: 1 });
  await reader.next(({ op }) => op === 'next');
  reader.send({ op: 'cancel', id: 1 });
  await until(() => ledger.readers === 0);
});

it('ends the generator when the client goes away', async () => {
  reader.send({ type: 'report.lines', id: 1, data: {}, credit: 1 });
  await reader.next(({ op }) => op === 'next');
  reader.socket.terminate();
  await until(() => ledger.readers === 0);
});

it.each([{ from: -1 }, { to: 1.5 }, { to: 1e9 }, { from: '7' }])('refuses %j', async (data) => {
  expect((await reader.call('report.lines', data)).error?.code).toBe('VALIDATION');
});
