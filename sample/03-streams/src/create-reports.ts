import { fileURLToPath } from 'node:url';
import { ConsoleLogger, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';

const PUBLIC_FOLDER = fileURLToPath(new URL('../public', import.meta.url));

/** The whole application, not yet listening. */
export async function createReports(
  logger: LoggerService = new ConsoleLogger(),
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger });
  app.useStaticAssets(PUBLIC_FOLDER);
  app.enableShutdownHooks();
  return app;
}
