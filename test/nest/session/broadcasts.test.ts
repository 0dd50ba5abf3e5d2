import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { WsConnection } from '../../../lib/nest/connection/ws-connection.js';
import type { WsServer } from '../../../lib/nest/ws-server.js';
import { handlerOf, startSessions } from './session-server.js';

const KIB = 1024;
/** More than are written to in one turn. */
const CROWD = 100;

describe('a broadcast that leaves in several turns', () => {
  it('holds up no stream of those who have not got it yet', async () => {
    const source = new Subject<number>();
    const server = await startSessions([handlerOf('count', () => source)]);
    for (let at = 1; at < CROWD; at += 1) await server.connect();
    const last = await server.connect();
    last.send({ type: 'count', id: 1 });
    await last.drain();
    server.server.broadcast('news', 'x'.repeat(100 * KIB));
    source.next(1);
    expect(await last.take(2)).toMatchObject([{ type: 'news' }, { op: 'next', data: 1 }]);
  });

  it('does not make those who wait for it count as slow', async () => {
    const server = await startSessions([]);
    for (let at = 1; at < CROWD; at += 1) await server.connect();
    const last = await server.connect();
    const news = 40;
    for (let n = 0; n < news; n += 1) {
      server.server.broadcast('news', 'x'.repeat(100 * KIB));
      if (n % 10 === 9) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await last.take(news)).toHaveLength(news);
    expect(server.sessions.every(({ droppedPushes }) => droppedPushes === 0)).toBe(true);
  });
});

describe('pushes of one tick beyond the high-water mark', () => {
  const MANY = 15;
  const PAGE = 'x'.repeat(100 * KIB);

  it.each<[string, (connection: WsConnection, server: WsServer) => void]>([
    ['sent to one', (connection) => connection.send('page', PAGE)],
    ['broadcast', (_connection, server) => server.broadcast('page', PAGE)],
  ])('reach a client that reads, %s by its own handler', async (_how, push) => {
    const server = await startSessions([
      handlerOf('all', (_payload, connection) => {
        for (let page = 0; page < MANY; page += 1) push(connection, server.server);
        return connection.droppedPushes;
      }),
    ]);
    const client = await server.connect();
    client.send({ type: 'all', id: 1 });
    const messages = await client.take(MANY + 1);
    expect(messages.at(-1)).toMatchObject({ op: 'reply', data: 0 });
  });
});
