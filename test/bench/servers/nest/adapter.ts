import { WsgateAdapter } from 'nestjs-wsgate';
import { serveEvents } from './serve-events.js';

await serveEvents((app) => new WsgateAdapter(app));
