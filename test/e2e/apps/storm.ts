// An application that is to be shut down while it does everything at once: `storm <express|fastify> <drainTimeout>`.
import 'reflect-metadata';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { type CanActivate, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  type OnWsOpen,
  UseHandshakeGuards,
  WsConn,
  WsConnection,
  WsGateway,
  WsHandler,
  WsModule,
  WsPayload,
} from 'nestjs-wsgate';
import { interval, type Observable } from 'rxjs';

const [, , platform = '', drainTimeout = ''] = process.argv;
const never = new Promise<never>(() => undefined);
const stopping = once(process, 'SIGTERM');

function tell(what: string): void {
  process.stdout.write(`${what}\n`);
}

@WsGateway('/work')
class WorkGateway {
  /** In flight when the application is told to stop, and some time longer. */
  @WsHandler('work') async work(@WsPayload() name: string): Promise<string> {
    await stopping;
    await wait(Math.random() * 1_500);
    tell(`computed ${name}`);
    return name;
  }
  @WsHandler('never') never(): Promise<never> {
    return never;
  }
  @WsHandler('ticks') ticks(): Observable<number> {
    return interval(5);
  }
  @WsHandler('flood') async *flood(): AsyncIterable<string> {
    for (;;) yield 'x'.repeat(16 * 1024);
  }
  @WsHandler('leave') leave(@WsConn() conn: WsConnection): void {
    conn.close(4000, 'as asked');
    tell('leaving');
  }
}

@Injectable()
class SlowGuard implements CanActivate {
  canActivate(): Promise<boolean> {
    tell('guarding');
    return never;
  }
}

@WsGateway('/guarded')
@UseHandshakeGuards(SlowGuard)
class GuardedGateway {}

@WsGateway('/opening')
class OpeningGateway implements OnWsOpen {
  /** Still runs when the application is told to stop, and a while longer. */
  async onWsOpen(): Promise<void> {
    tell('opening');
    await stopping;
    await wait(300);
  }
}

/** Deadlines of a minute: only the shutdown may end what has them. */
const MINUTE = 60_000;

@Module({
  imports: [
    WsModule.forRoot({
      drainTimeout: Number(drainTimeout),
      closeTimeout: 1_000,
      handshakeTimeout: MINUTE,
      openTimeout: MINUTE,
    }),
  ],
  providers: [WorkGateway, SlowGuard, GuardedGateway, OpeningGateway],
})
class AppModule {}

const adapter = platform === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
const app = await NestFactory.create(AppModule, adapter, { logger: ['error', 'warn'] });
app.enableShutdownHooks(['SIGTERM'], { useProcessExit: true });
await app.listen(0, '127.0.0.1', () => undefined);
const { port } = app.getHttpServer().address() as { readonly port: number };
tell(String(port));
