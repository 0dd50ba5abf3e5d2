import 'reflect-metadata';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Module } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { WsModule, WsServer } from 'nestjs-wsgate';
import { collectGarbage, countObjects, countResources } from './inventory.js';
import { SilentGateway, SoakGateway } from './soak.gateway.js';
import { Tally } from './tally.js';

/** The part of the library that knows the rooms: nothing public counts them. */
interface Rooms {
  readonly rooms: { readonly size: number };
}

@Module({ imports: [WsModule.forRoot()], providers: [SoakGateway, SilentGateway, Tally] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: false });
await app.listen(0, '127.0.0.1');
const http = app.getHttpServer() as Server;
const tally = app.get(Tally);
const server = app.get(WsServer);
const { rooms } = findProvider<Rooms>('LiveConnections');
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();

function findProvider<T>(name: string): T {
  for (const { providers } of app.get(ModulesContainer).values()) {
    for (const { name: provided, instance } of providers.values()) {
      if (provided === name) return instance as T;
    }
  }
  throw new Error(`nothing provides ${name}`);
}

/** What is open now. */
function open(): Record<string, number> {
  return { connections: server.connections.size, rooms: rooms.size, ...tally.open };
}

/** What the parent may ask. */
const ANSWERS: Readonly<Record<string, () => unknown>> = {
  open,
  async sample() {
    const p99 = delay.percentile(99) / 1e6;
    // The collection below is the soak's own, and is not held against the application.
    delay.disable();
    delay.reset();
    globalThis.gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    delay.enable();
    return { heap: heapUsed + external, rss, p99, connections: server.connections.size };
  },
  async inventory() {
    await collectGarbage();
    const { heapUsed, external, rss } = process.memoryUsage();
    const memory = { heap: heapUsed + external, rss };
    const listeners = http.eventNames().map((name) => http.listenerCount(name));
    return {
      memory,
      open: open(),
      begun: { connections: tally.connections.begun, handlers: tally.handlers.begun },
      objects: await countObjects(),
      resources: countResources(),
      listeners: listeners.reduce((sum, count) => sum + count, 0),
    };
  },
};

async function answer(id: number, ask: string): Promise<void> {
  process.send?.({ id, answer: await ANSWERS[ask]?.() });
}

process.on('message', ({ id, ask }: { readonly id: number; readonly ask: string }) => {
  void answer(id, ask);
});
process.on('disconnect', () => process.exit());
process.send?.({ ready: true, port: (http.address() as AddressInfo).port });
