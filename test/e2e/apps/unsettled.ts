// An application some of whose handlers wait for what never comes. Asked over IPC it says how many connections are in memory.
import 'reflect-metadata';
import { type CallHandler, Module, type NestInterceptor, UseInterceptors } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type OnWsOpen, WsConnection, WsGateway, WsHandler, WsModule } from 'nestjs-wsgate';
import { from, type Observable } from 'rxjs';

/** What an application may wait for in many calls: a lock, a topic, a process that is starting. */
const shared = new Promise<never>(() => undefined);
const known: WeakRef<WsConnection>[] = [];

const passing: NestInterceptor = {
  intercept: (_context, next: CallHandler): Observable<unknown> => next.handle(),
};

@WsGateway('/unsettled')
class UnsettledGateway implements OnWsOpen {
  onWsOpen(conn: WsConnection): void {
    known.push(new WeakRef(conn));
  }
  @WsHandler('promise') promise(): Promise<never> {
    return shared;
  }
  @WsHandler('deadline', { timeout: 100 }) deadline(): Promise<never> {
    return shared;
  }
  @WsHandler('serial', { order: 'serial' }) serial(): Promise<never> {
    return shared;
  }
  @WsHandler('intercepted') @UseInterceptors(passing) intercepted(): Promise<never> {
    return shared;
  }
  @WsHandler('observable') observable(): Observable<never> {
    return from(shared);
  }
  @WsHandler('iterable') async *iterable(): AsyncIterable<number> {
    yield 1;
    await shared;
  }
}

@Module({ imports: [WsModule.forRoot()], providers: [UnsettledGateway] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error'] });
process.on('message', () => {
  globalThis.gc?.();
  process.send?.(known.filter((conn) => conn.deref() !== undefined).length);
});
await app.listen(0, '127.0.0.1');
const { port } = app.getHttpServer().address() as { readonly port: number };
process.stdout.write(`${port}\n`);
