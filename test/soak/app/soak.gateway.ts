import { setTimeout as wait } from 'node:timers/promises';
import {
  type OnWsClose,
  type OnWsOpen,
  UseHandshakeGuards,
  WsConn,
  WsConnection,
  WsException,
  WsGateway,
  WsHandler,
  WsPayload,
  WsServer,
  WsSignal,
} from 'nestjs-wsgate';
import { interval, map, NEVER, Observable, range, take } from 'rxjs';
import { DoorGuard } from './door.guard.js';
import { Tally } from './tally.js';

const OPTIONS = {
  perMessageDeflate: true,
  handshakeTimeout: 1_000,
  stallTimeout: 3_000,
  closeTimeout: 1_000,
};

/** Whatever a client can ask for, with its beginning and end counted. */
@WsGateway({ path: '/soak', ...OPTIONS })
@UseHandshakeGuards(DoorGuard)
export class SoakGateway implements OnWsOpen, OnWsClose {
  constructor(
    private readonly tally: Tally,
    private readonly server: WsServer,
  ) {}

  async onWsOpen(connection: WsConnection): Promise<void> {
    this.tally.connections.begun += 1;
    if (connection.headers['x-hook'] === 'slow') await wait(20);
    connection.join('everybody');
  }

  onWsClose(): void {
    this.tally.connections.ended += 1;
  }

  @WsHandler('echo') echo(@WsPayload() data: unknown): unknown {
    return data;
  }

  @WsHandler('later') later(@WsPayload() { ms, data }: Later): Promise<unknown> {
    return this.counted(wait(ms, data));
  }

  /** Ends with its call, however that ends. */
  @WsHandler('hold') hold(@WsSignal() signal: AbortSignal): Promise<unknown> {
    return this.counted(wait(60_000, undefined, { signal, ref: false }));
  }

  @WsHandler('turn', { order: 'serial' })
  async turn(@WsPayload('ms') ms: number, @WsConn() { data }: WsConnection): Promise<number> {
    const turn = Number(data['turn'] ?? 0) + 1;
    data['turn'] = turn;
    await this.counted(wait(ms));
    if (data['turn'] !== turn) throw new Error('two turns at once');
    return turn;
  }

  @WsHandler('refuse') refuse(): never {
    throw new WsException('TEAPOT', 'short and stout', { volume: 1 });
  }

  @WsHandler('break') break(): never {
    throw new Error('a secret');
  }

  @WsHandler('ticks') ticks(@WsPayload('count') count: number): Observable<number> {
    return this.subscribed(interval(2).pipe(take(count)));
  }

  /** Gives nothing, so that only its client ends it. */
  @WsHandler('quiet') quiet(): Observable<never> {
    return this.subscribed(NEVER);
  }

  /** All at once: what there is no credit for waits in the buffer. */
  @WsHandler('range') range(@WsPayload('count') count: number): Observable<number> {
    return this.subscribed(range(0, count));
  }

  @WsHandler('endless', { stream: { overflow: 'dropOldest', buffer: 16 } })
  endless(@WsPayload('size') size: number): Observable<string> {
    return this.subscribed(interval(1).pipe(map((n) => String(n).padEnd(size, '.'))));
  }

  @WsHandler('lines') async *lines(@WsPayload() { count, size }: Lines): AsyncGenerator<string> {
    this.tally.iterables.begun += 1;
    try {
      for (let n = 0; n < count; n++) {
        if (n % 4 === 3) await wait(1);
        yield String(n).padEnd(size, '.');
      }
    } finally {
      this.tally.iterables.ended += 1;
    }
  }

  @WsHandler('join') join(@WsPayload('room') room: string, @WsConn() conn: WsConnection): boolean {
    conn.join(room);
    return true;
  }

  @WsHandler('leave')
  leave(@WsPayload('room') room: string, @WsConn() conn: WsConnection): boolean {
    conn.leave(room);
    return true;
  }

  @WsHandler('say') say(@WsPayload() { room, text }: Said): boolean {
    this.server.to(room).send('said', { room, text });
    return true;
  }

  private async counted<T>(work: Promise<T>): Promise<T> {
    this.tally.handlers.begun += 1;
    try {
      return await work;
    } finally {
      this.tally.handlers.ended += 1;
    }
  }

  private subscribed<T>(source: Observable<T>): Observable<T> {
    return new Observable<T>((subscriber) => {
      this.tally.observables.begun += 1;
      subscriber.add(() => (this.tally.observables.ended += 1));
      return source.subscribe(subscriber);
    });
  }
}

interface Later {
  readonly ms: number;
  readonly data: unknown;
}

interface Lines {
  readonly count: number;
  readonly size: number;
}

interface Said {
  readonly room: string;
  readonly text: string;
}

/**
 * The same for those who fall silent. The others get the default heartbeat: a busy client that
 * inflates what it is sent may take seconds until it comes to a ping.
 */
@WsGateway({ path: '/soak/silent', heartbeatInterval: 2_000, ...OPTIONS })
@UseHandshakeGuards(DoorGuard)
export class SilentGateway extends SoakGateway {}
