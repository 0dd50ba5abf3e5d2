import { fileURLToPath } from 'node:url';
import { ConsoleLogger, type LoggerService, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import cookieParser from 'cookie-parser';
import { AppModule } from './app.module.js';
import type { ChatSettings } from './chat-settings.js';
import { securityHeaders } from './security-headers.js';
import { serveClient } from './serve-client.js';

const PUBLIC_FOLDER = fileURLToPath(new URL('../public', import.meta.url));

/** The whole application, not yet listening. */
export async function createChat(
  settings: ChatSettings,
  logger: LoggerService = new ConsoleLogger(),
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(settings), {
    logger,
  });
  app.disable('x-powered-by');
  app.use(securityHeaders);
  app.use(cookieParser([...settings.secrets]));
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
  app.useStaticAssets(PUBLIC_FOLDER);
  serveClient(app);
  app.enableShutdownHooks();
  return app;
}
