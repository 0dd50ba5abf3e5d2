import { type INestApplication, Module, type WebSocketAdapter } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventGateway } from './event-gateways.js';
import { listen } from './listen.js';

@Module({ providers: [EventGateway] })
class AppModule {}

/** Serves the workload's `@WebSocketGateway` on an adapter. */
export async function serveEvents(
  createAdapter: (app: INestApplication) => WebSocketAdapter,
): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ['error'] });
  app.useWebSocketAdapter(createAdapter(app));
  await listen(app);
}
