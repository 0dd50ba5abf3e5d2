import { fayeClient } from './clients/faye.js';
import { undiciClient } from './clients/undici.js';
import { websocketClient } from './clients/websocket.js';
import { wsClient } from './clients/ws.js';
import { tryClient } from './try-client.js';

for (const client of [wsClient, undiciClient, websocketClient, fayeClient]) {
  tryClient(client.name, () => client);
}
