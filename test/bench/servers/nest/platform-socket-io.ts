import { IoAdapter } from '@nestjs/platform-socket.io';
import { serveEvents } from './serve-events.js';

type CreateServer = IoAdapter['createIOServer'];

/** Without heartbeats: the load answers those of WebSocket, not those of Engine.IO. */
class QuietIoAdapter extends IoAdapter {
  override createIOServer(...[port, options]: Parameters<CreateServer>): ReturnType<CreateServer> {
    return super.createIOServer(port, options && { ...options, pingInterval: 2 ** 30 });
  }
}

await serveEvents((app) => new QuietIoAdapter(app));
