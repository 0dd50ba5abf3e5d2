import { NEVER, finalize, type Observable, concat, of } from 'rxjs';
import { WsClient } from 'nestjs-wsgate/client';
import {
  type OnWsClose,
  type WsClose,
  WsConn,
  type WsConnection,
  WsGateway,
  WsHandler,
  WsPayload,
  WsServer,
  WsSignal,
} from 'nestjs-wsgate';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { nextStatus } from '../../client/support/test-client.js';
import { startProxy } from '../../client/support/tcp-proxy.js';
import {
  FIN_CLOSE,
  clientFrame,
  RawPeer,
  FIN_TEXT,
  upgradeRequest,
} from '../../socket/support/raw-peer.js';
import { serve as serveBare } from '../../socket/support/serve.js';
import { until } from '../../support/until.js';
import { closeBody } from '../../vectors/wire.js';
import { ours, type Served, start } from '../support/serve.js';

/** Milliseconds. */
const HEARTBEAT = 100;
const CLOSING = 100;

/** What has ended, and how. */
class Journal {
  readonly closes: WsClose[] = [];
  aborted = 0;
  unsubscribed = 0;
}

@WsGateway({
  path: '/silence',
  heartbeatInterval: HEARTBEAT,
  closeTimeout: CLOSING,
  maxCallsInFlight: 2,
})
class SilenceGateway implements OnWsClose {
  constructor(private readonly journal: Journal) {}

  onWsClose(_conn: WsConnection, close: WsClose): void {
    this.journal.closes.push(close);
  }
  @WsHandler('echo') echo(@WsPayload() data: unknown): unknown {
    return data;
  }
  @WsHandler('hang') hang(@WsSignal() signal: AbortSignal): Promise<never> {
    signal.addEventListener('abort', () => this.journal.aborted++);
    return new Promise(() => undefined);
  }
  @WsHandler('watch') watch(): Observable<number> {
    return concat(of(1), NEVER).pipe(finalize(() => this.journal.unsubscribed++));
  }
  @WsHandler('leave') leave(@WsConn() conn: WsConnection): void {
    conn.close(4000, 'leave');
  }
}

/** Without a heartbeat, which would cut what its deadlines should. */
@WsGateway({
  path: '/patient',
  heartbeatInterval: 0,
  messageTimeout: CLOSING,
  closeTimeout: CLOSING,
})
class PatientGateway extends SilenceGateway {}

let journal: Journal;
let served: Served;
let port: number;

beforeEach(async () => {
  journal = new Journal();
  served = await start(
    ours({ providers: [SilenceGateway, PatientGateway, { provide: Journal, useValue: journal }] }),
  );
  port = Number(new URL(served.url).port);
});

afterEach(() => served.app.close());

function connections(): number {
  return served.app.get(WsServer).connections.size;
}

/** The one connection there was is gone, and this is what onWsClose was told. */
async function closeOf(): Promise<WsClose> {
  await until(() => journal.closes.length === 1);
  expect(connections()).toBe(0);
  return journal.closes[0];
}

function text(message: object): Buffer {
  return clientFrame(FIN_TEXT, JSON.stringify(message));
}

const LOST = { code: 1006, reason: '', wasClean: false };

describe('a network that is cut without a word', () => {
  it('is noticed at both ends, and all that was in flight ends', async () => {
    const proxy = await startProxy({ port });
    const client = new WsClient(new URL('/silence', proxy.url), {
      heartbeatIntervalMs: HEARTBEAT,
      heartbeatTimeoutMs: HEARTBEAT,
    });
    onTestFinished(() => client.close());
    const hanging = client.request('hang').catch((error: unknown) => error);
    const items = client.stream('watch')[Symbol.asyncIterator]();
    expect(await items.next()).toEqual({ done: false, value: 1 });
    const stream = items.next().catch((error: unknown) => error);
    const lost = nextStatus(client, 'waiting');
    proxy.stall();
    expect(await lost).toMatchObject({ end: { code: 1006, wasOpen: true } });
    expect(await hanging).toMatchObject({ code: 'CONNECTION_LOST' });
    expect(await stream).toMatchObject({ code: 'CONNECTION_LOST' });
    await client.close();
    expect(await closeOf()).toEqual(LOST);
    expect(journal).toMatchObject({ aborted: 1, unsubscribed: 1 });
  });

  it('is noticed by a bare server', async () => {
    const { server, port: bare } = await serveBare({ heartbeatInterval: HEARTBEAT });
    const proxy = await startProxy({ port: bare });
    const closed = new Promise((resolve) =>
      server.on('connection', (socket) => socket.on('close', (code) => resolve(code))),
    );
    await RawPeer.join(Number(new URL(proxy.url).port));
    proxy.stall();
    expect(await closed).toBe(1006);
    expect(server.clients.size).toBe(0);
  });

  it('is noticed while nothing is read, because calls are in the way', async () => {
    const peer = await RawPeer.join(port, '/silence');
    peer.socket.write(Buffer.concat([1, 2, 3].map((id) => text({ type: 'hang', id }))));
    peer.socket.write(text({ type: 'echo', id: 4 }));
    await until(() => connections() === 1);
    peer.socket.resetAndDestroy();
    expect(await closeOf()).toEqual(LOST);
    expect(journal.aborted).toBe(2);
  });
});

describe('a peer that sends FIN and goes on reading', () => {
  it('gets what was answered, and the end', async () => {
    const peer = await RawPeer.join(port, '/silence');
    peer.socket.end(text({ type: 'echo', id: 1, data: 'last' }));
    const { payload } = await peer.takeFrame();
    expect(JSON.parse(payload.toString())).toEqual({ op: 'reply', id: 1, data: 'last' });
    expect(await peer.takeRest()).toHaveLength(0);
    expect(await closeOf()).toEqual(LOST);
  });

  it('in the middle of a frame is told nothing more', async () => {
    const peer = await RawPeer.join(port, '/silence');
    peer.socket.end(text({ type: 'echo', id: 1 }).subarray(0, 7));
    expect(await peer.takeRest()).toHaveLength(0);
    expect(await closeOf()).toEqual(LOST);
  });

  it('instead of its Close, after the server has sent one, ends uncleanly', async () => {
    const peer = await RawPeer.join(port, '/silence');
    peer.socket.write(text({ type: 'leave' }));
    expect(await peer.takeFrame()).toMatchObject({ firstByte: FIN_CLOSE });
    peer.socket.end();
    expect(await peer.takeRest()).toHaveLength(0);
    expect(await closeOf()).toEqual(LOST);
  });

  it('behind its Close gets the answer to it', async () => {
    const peer = await RawPeer.join(port, '/silence');
    peer.socket.end(clientFrame(FIN_CLOSE, closeBody(1000, 'bye')));
    expect(await peer.takeFrame()).toMatchObject({ firstByte: FIN_CLOSE });
    expect(await peer.takeRest()).toHaveLength(0);
    expect(await closeOf()).toEqual({ code: 1000, reason: 'bye', wasClean: true });
  });

  it('before its handshake is answered leaves nothing', async () => {
    const peer = await RawPeer.connect(port);
    peer.socket.end(upgradeRequest({ path: '/silence' }));
    await peer.takeRest();
    await until(() => connections() === 0);
  });
});

describe('a peer that stalls', () => {
  it.each([
    ['before its first frame', Buffer.alloc(0)],
    ['inside a frame header', text({ type: 'echo', id: 1 }).subarray(0, 3)],
    ['inside a frame', text({ type: 'echo', id: 1 }).subarray(0, 9)],
    ['between fragments', clientFrame(0x01, '{"type":')],
  ])('%s is found out by the heartbeat', async (_where, bytes) => {
    const peer = await RawPeer.join(port, '/silence');
    peer.socket.write(bytes);
    expect(await closeOf()).toEqual(LOST);
  });

  it('in a message is closed with 4408 at messageTimeout', async () => {
    const peer = await RawPeer.join(port, '/patient');
    peer.socket.write(clientFrame(0x01, '{"type":'));
    expect((await peer.takeFrame()).payload.readUInt16BE(0)).toBe(4408);
    expect(await closeOf()).toEqual(LOST);
  }, 2_000);

  it.each([
    ['without a Close of its own', 'leave'],
    ['and leaves TCP open after its own Close', undefined],
  ])(
    'in the closing handshake, %s, is cut at closeTimeout',
    async (_how, type) => {
      const peer = await RawPeer.join(port, '/patient');
      peer.socket.write(type ? text({ type }) : clientFrame(FIN_CLOSE, closeBody(1000)));
      await peer.takeFrame();
      expect(await closeOf()).toEqual(type ? LOST : { code: 1000, reason: '', wasClean: true });
      await until(() => peer.socket.readableEnded || peer.socket.destroyed);
    },
    2_000,
  );

  it('inside the headers of a handshake is answered 408 by a server of ours', async () => {
    const { port: bare } = await serveBare({ handshakeTimeout: 50 });
    const peer = await RawPeer.connect(bare);
    peer.socket.write(upgradeRequest().slice(0, 40));
    expect(await peer.takeHead()).toMatch(/^HTTP\/1.1 408 /);
  });
});
