import 'reflect-metadata';
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { connect } from 'node:net';
import { type CanActivate, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type OnWsClose,
  type OnWsOpen,
  UseHandshakeGuards,
  type WsClose,
  WsConn,
  WsConnection,
  WsGateway,
  WsHandler,
  WsModule,
  WsPayload,
  WsServer,
} from 'nestjs-wsgate';

/** Milliseconds of the heartbeat and of every deadline, and the port of what handlers and hooks wait for. */
const [, , heartbeatInterval, milliseconds, outside] = process.argv.map(Number);

/** Holds the event loop, and says so before. */
function spin(ms: number): void {
  writeSync(1, 'blocked\n');
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Asks somebody in another process. */
async function askOutside(): Promise<string> {
  const socket = connect({ port: outside, host: '127.0.0.1' });
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString();
}

function tell(what: string): void {
  process.stdout.write(`${what}\n`);
}

/** Where in a turn of the event loop it is held. */
const PHASES: Readonly<Record<string, (run: () => void) => void>> = {
  poll: (run) => run(),
  check: (run) => void setImmediate(run),
  timers: (run) => void setTimeout(run, 1),
};

@WsGateway({ path: '/quiet', heartbeatInterval })
class QuietGateway implements OnWsClose {
  constructor(private readonly server: WsServer) {}

  onWsClose(_conn: WsConnection, { code }: WsClose): void {
    tell(`quiet closed ${code}`);
  }
  @WsHandler('block') block(@WsPayload() { phase, ms }: { phase: string; ms: number }): void {
    PHASES[phase](() => spin(ms));
  }
  @WsHandler('count') count(): number {
    return Array.from(this.server.connections).filter(({ path }) => path === '/quiet').length;
  }
}

@Injectable()
class OutsideGuard implements CanActivate {
  async canActivate(): Promise<boolean> {
    tell('guarding');
    return (await askOutside()) === 'yes';
  }
}

@WsGateway({ path: '/guarded', handshakeTimeout: milliseconds })
@UseHandshakeGuards(OutsideGuard)
class GuardedGateway {
  @WsHandler('hello') hello(): string {
    return 'world';
  }
}

@WsGateway({ path: '/opening', openTimeout: milliseconds })
class OpeningGateway implements OnWsOpen {
  async onWsOpen(): Promise<void> {
    tell('opening');
    await askOutside();
  }
  @WsHandler('hello') hello(): string {
    return 'world';
  }
}

/** No call of it times out, so that draining is what ends them. */
@WsGateway({
  path: '/busy',
  idleTimeout: milliseconds,
  closeTimeout: milliseconds,
  stallTimeout: milliseconds,
})
class BusyGateway implements OnWsClose {
  constructor(private readonly server: WsServer) {}

  onWsClose(_conn: WsConnection, { code, wasClean }: WsClose): void {
    tell(`busy closed ${code} ${wasClean}`);
  }
  @WsHandler('touch') touch(): void {}
  @WsHandler('ask', { timeout: milliseconds }) async ask(): Promise<string> {
    tell('asking');
    return askOutside();
  }
  @WsHandler('wait') async wait(): Promise<string> {
    tell('waiting');
    return askOutside();
  }
  @WsHandler('leave') leave(@WsConn() conn: WsConnection): void {
    conn.close(4000, 'as asked');
    tell('leaving');
  }
  @WsHandler('flood') async *flood(): AsyncIterable<string> {
    for (let at = 0; at < 1_000; at++) yield 'x'.repeat(64 * 1024);
  }
  @WsHandler('drain') drain(): void {
    void this.server.drain({ timeout: milliseconds, grace: milliseconds / 2 });
    setImmediate(spin, 2 * milliseconds);
  }
}

@Module({
  imports: [WsModule.forRoot()],
  providers: [QuietGateway, OutsideGuard, GuardedGateway, OpeningGateway, BusyGateway],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
await app.listen(0, '127.0.0.1', () => undefined);
const { port } = app.getHttpServer().address() as { readonly port: number };
process.stdout.write(`${port}\n`);
