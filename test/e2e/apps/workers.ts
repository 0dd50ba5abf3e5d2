// An application that is to be shut down: `workers <express|fastify> <signal|exit> <journal> <drainTimeout>`.
import 'reflect-metadata';
import { openSync, writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { WsGateway, WsHandler, WsModule, WsPayload } from 'nestjs-wsgate';
import { interval, type Observable } from 'rxjs';

const [, , platform = '', end = '', journalFile = '', drainTimeout = ''] = process.argv;
const journal = openSync(journalFile, 'a');

@WsGateway('/work')
class WorkGateway {
  /** Takes up to 300 ms. The journal says what was accepted, and what was computed. */
  @WsHandler('work') async work(@WsPayload() name: string): Promise<string> {
    writeSync(journal, `accepted ${name}\n`);
    await wait(Math.random() * 300);
    writeSync(journal, `computed ${name}\n`);
    return name;
  }
  @WsHandler('ticks') ticks(): Observable<number> {
    return interval(5);
  }
  @WsHandler('never') never(): Promise<never> {
    writeSync(journal, 'accepted never\n');
    return new Promise(() => undefined);
  }
}

@Module({
  imports: [WsModule.forRoot({ drainTimeout: Number(drainTimeout), closeTimeout: 500 })],
  providers: [WorkGateway],
})
class AppModule {}

const adapter = platform === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
const app = await NestFactory.create(AppModule, adapter, { logger: ['error'] });
app.enableShutdownHooks(['SIGTERM'], { useProcessExit: end === 'exit' });
await app.listen(0, '127.0.0.1');
const { port } = app.getHttpServer().address() as { readonly port: number };
process.stdout.write(`${port}\n`);
