import { ConnectedSocket, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { WsConn, type WsConnection, WsGateway, WsHandler, WsServer } from 'nestjs-wsgate';
import { map, type Observable, range, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { connectPeer } from '../../nest/support/ws-peer.js';
import { until } from '../../support/until.js';
import { ours, serve, theirs } from '../support/serve.js';

const CHUNK = 64 * 1024;
/** 57 MiB in all. */
const CHUNKS = 912;
const MIB = 1024 * 1024;

function chunk(index: number): string {
  return String(index % 10).repeat(CHUNK);
}

/** How much of a connection's output waited in the server, at its worst. */
class Meter {
  worst = 0;
  taken = 0;

  note(bufferedAmount: number): void {
    this.taken++;
    this.worst = Math.max(this.worst, bufferedAmount);
  }
}

@WebSocketGateway({ path: '/export' })
class TheirGateway {
  constructor(private readonly meter: Meter) {}
  @SubscribeMessage('export') export(@ConnectedSocket() client: WebSocket): Observable<unknown> {
    return range(0, CHUNKS).pipe(
      map((index) => ({ event: 'chunk', data: chunk(index) })),
      tap({
        next: () => this.meter.note(client.bufferedAmount),
        complete: () => this.meter.note(client.bufferedAmount),
      }),
    );
  }
}

@WsGateway('/export')
class OurGateway {
  constructor(private readonly meter: Meter) {}
  @WsHandler('export') export(@WsConn() connection: WsConnection): Observable<unknown> {
    return range(0, CHUNKS).pipe(
      map(chunk),
      tap(() => this.meter.note(connection.bufferedAmount)),
    );
  }
  @WsHandler('pull') async *pull(@WsConn() connection: WsConnection): AsyncIterable<string> {
    for (let index = 0; index < CHUNKS; index++) {
      this.meter.note(connection.bufferedAmount);
      yield chunk(index);
    }
  }
}

describe('a client that asks for 57 MiB and does not read', () => {
  it('platform-ws: pins nearly all of it in the server', () =>
    serve(theirs({ providers: [TheirGateway, Meter] }), async ({ app, url }) => {
      const meter = app.get(Meter);
      const peer = await connectPeer(`${url}/export`, { perMessageDeflate: false });
      peer.socket.pause();
      peer.send({ event: 'export' });
      await until(() => meter.taken > CHUNKS);
      expect(meter.worst).toBeGreaterThan(40 * MIB);
      peer.socket.terminate();
    }));

  it('wsgate: an async generator is not pulled, and the client loses nothing', () =>
    serve(ours({ providers: [OurGateway, Meter] }), async ({ app, url }) => {
      const meter = app.get(Meter);
      const peer = await connectPeer(`${url}/export`);
      peer.socket.pause();
      peer.send({ type: 'pull', id: 1 });
      await untilStalled(app.get(WsServer), meter);
      expect(meter.taken).toBeLessThan(CHUNKS / 2);
      peer.socket.resume();
      await peer.next(({ op }) => op === 'complete');
      expect(peer.messages.filter(({ op }) => op === 'next')).toHaveLength(CHUNKS);
      expect(meter.worst).toBeLessThan(MIB);
    }));

  it('wsgate: an Observable is kept within bounds, and the client is told', () =>
    serve(ours({ providers: [OurGateway, Meter] }), async ({ app, url }) => {
      const meter = app.get(Meter);
      const peer = await connectPeer(`${url}/export`);
      peer.socket.pause();
      peer.send({ type: 'export', id: 1 });
      await until(() => meter.taken > MIB / CHUNK);
      peer.socket.resume();
      const { error } = await peer.next(({ op }) => op === 'error');
      expect(error).toMatchObject({ code: 'OVERFLOW' });
      expect(meter.worst).toBeLessThan(MIB);
    }));
});

/** Until the network takes no more and many turns of the event loop change nothing. */
async function untilStalled({ connections }: WsServer, meter: Meter): Promise<void> {
  let quietTurns = 0;
  let taken = -1;
  await until(() => {
    const isFull = [...connections].some(({ bufferedAmount }) => bufferedAmount >= CHUNK);
    quietTurns = isFull && meter.taken === taken ? quietTurns + 1 : 0;
    taken = meter.taken;
    return quietTurns > 100;
  });
}
