import { ConsoleLogger, type LoggerService, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { RequestHandler } from 'express';
import { AppModule } from './app.module.js';
import { SESSION_MIDDLEWARE } from './session-middleware.js';

/** The whole application, not yet listening. */
export async function createShop(
  secret: string,
  logger: LoggerService = new ConsoleLogger(),
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(secret), { logger });
  app.use(app.get<RequestHandler>(SESSION_MIDDLEWARE));
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
  app.enableShutdownHooks();
  return app;
}
