import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
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

  it('is no reason to take those who wait for it for slow', async () => {
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
