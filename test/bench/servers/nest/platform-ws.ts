import { WsAdapter } from '@nestjs/platform-ws';
import { serveEvents } from './serve-events.js';

await serveEvents((app) => new WsAdapter(app));
