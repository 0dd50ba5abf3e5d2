import type { AddressInfo } from 'node:net';
import { finalize, interval, type Observable } from 'rxjs';
import {
  type OnWsClose,
  type OnWsOpen,
  WsConn,
  WsConnection,
  WsGateway,
  WsHandler,
  WsPayload,
  WsServer,
  WsSignal,
} from 'nestjs-wsgate';
import { WebSocketServer } from 'nestjs-wsgate/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveConnections } from '../../../lib/nest/push/live-connections.js';
import { until } from '../../support/until.js';
import { ours, type Served, start } from '../support/serve.js';
import { Log } from './support/log.js';
import { type Played, Recording } from './support/recording.js';

/** Milliseconds: long enough for those who live, and a stalled one is found out soon. */
const HEARTBEAT = 400;

/** Sessions at a time. */
const ABREAST = 50;

/** What is open now, and how much has been. */
class Ledger {
  connections = 0;
  streams = 0;
  calls = 0;
  opened = 0;
  closed = 0;
}

@WsGateway({ path: '/session', heartbeatInterval: HEARTBEAT, closeTimeout: HEARTBEAT })
class SessionGateway implements OnWsOpen, OnWsClose {
  constructor(private readonly ledger: Ledger) {}

  onWsOpen(conn: WsConnection): void {
    this.ledger.opened++;
    conn.join('everybody');
  }
  onWsClose(): void {
    this.ledger.closed++;
  }
  @WsHandler('echo') echo(@WsPayload() data: unknown): unknown {
    return data;
  }
  @WsHandler('hang') async hang(@WsConn() _: WsConnection, @WsSignal() signal: AbortSignal) {
    this.ledger.calls++;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    this.ledger.calls--;
  }
  @WsHandler('ticks') ticks(): Observable<number> {
    this.ledger.streams++;
    return interval(1).pipe(finalize(() => this.ledger.streams--));
  }
}

/** What ends a session in the middle. */
const ENDS: Readonly<Record<string, (played: Played) => unknown>> = {
  'a reset': ({ socket }) => socket.resetAndDestroy(),
  'an end': ({ socket }) => socket.end(),
  silence: () => undefined,
};

/** Every number up to this one, so many at a time. */
async function forEach(count: number, run: (at: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from <= count; from += ABREAST) {
    const batch = Array.from({ length: Math.min(ABREAST, count + 1 - from) }, (_, at) => from + at);
    await Promise.all(batch.map(run));
  }
}

describe('a session that is cut after every byte of it', () => {
  const recording = new Recording('/session');
  const log = new Log();
  const ledger = new Ledger();
  let served: Served;
  let port: number;
  /** Bytes the server says in a whole session, its stream's left out. */
  let answer: number;

  beforeAll(async () => {
    const providers = [SessionGateway, { provide: Ledger, useValue: ledger }];
    served = await start({ ...ours({ providers }), configure: (app) => app.useLogger(log) });
    port = Number(new URL(served.url).port);
    const whole = await recording.play(port);
    await whole.whenReceived(Infinity);
    answer = whole.received;
  });

  afterAll(() => served.app.close());

  async function expectNothingLeft(): Promise<void> {
    const { registry, rooms } = served.app.get(LiveConnections);
    await until(() => registry.size === 0 && ledger.closed === ledger.opened);
    await until(() => ledger.streams === 0 && ledger.calls === 0);
    expect(rooms.size).toBe(0);
    expect(served.app.get(WsServer).connections.size).toBe(0);
    for (const { level, text, stack } of log.take()) {
      expect({ level, text, stack }).toEqual({
        level: 'warn',
        // A stream overflows where a busy machine is slow to send it.
        text: expect.stringMatching(
          /^connection [\w-]+ at [\w/:]+: ((read|write) (ECONNRESET|EPIPE)$|OVERFLOW: )/,
        ),
        stack: undefined,
      });
    }
  }

  it.each(Object.entries(ENDS))('by %s: leaves nothing behind', async (_name, end) => {
    const { opened } = ledger;
    const left: Played[] = [];
    await forEach(recording.bytes.length, async (count) => {
      const played = await recording.play(port, count);
      left.push(played);
      end(played);
    });
    await expectNothingLeft();
    expect(ledger.opened - opened).toBeGreaterThan(
      recording.bytes.length - recording.handshake.length,
    );
    for (const { socket } of left) socket.destroy();
  });

  it.each(Object.entries(ENDS))(
    'by %s, seen from the answer: leaves nothing behind',
    async (_name, end) => {
      const left: Played[] = [];
      await forEach(answer, async (count) => {
        // Without its Close, so that the session is still going on.
        const played = await recording.play(port, recording.bytes.length - 1);
        left.push(played);
        await played.whenReceived(count);
        end(played);
      });
      await expectNothingLeft();
      for (const { socket } of left) socket.destroy();
    },
  );
});

describe('a bare WebSocketServer whose sessions are cut after every byte', () => {
  const recording = new Recording('/');
  let server: WebSocketServer;
  const ends: [number, string][] = [];
  let opened = 0;

  beforeAll(async () => {
    server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      heartbeatInterval: HEARTBEAT,
      closeTimeout: HEARTBEAT,
    });
    server.on('connection', (socket) => {
      opened++;
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
      socket.on('close', (code, reason) => ends.push([code, reason]));
    });
    await new Promise<void>((resolve) => server.once('listening', resolve));
  });

  afterAll(() => server.shutdown());

  it.each(Object.entries(ENDS))('by %s: leaves nothing behind', async (_name, end) => {
    const { port } = server.address() as AddressInfo;
    const left: Played[] = [];
    await forEach(recording.bytes.length, async (count) => {
      const played = await recording.play(port, count);
      left.push(played);
      end(played);
    });
    await until(() => server.clients.size === 0 && ends.length === opened);
    for (const [code, reason] of ends.splice(0)) {
      expect([1006, 1000]).toContain(code);
      expect(reason).toBe(code === 1000 ? 'done' : '');
    }
    opened = 0;
    for (const { socket } of left) socket.destroy();
  });
});
