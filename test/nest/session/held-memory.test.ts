import { describe, expect, it } from 'vitest';
import { startSessions } from './session-server.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Lets a turn pass. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('pushes while the server is short of memory', () => {
  const push = { policy: 'close', highWaterMark: 64 * MIB } as const;

  it('are dropped, and counted, for clients that are behind already, and for them only', async () => {
    const server = await startSessions([], { limits: { push }, memoryCeiling: 4 * MIB });
    const [slow, quick] = [await server.connect(), await server.connect()];
    const [slowEnd, quickEnd] = server.sessions;
    slow.stopReading();
    while (server.live.memory.level === 'calm') {
      slowEnd?.connection.send('news', 'x'.repeat(256 * KIB));
      await turn();
    }
    expect(server.live.memory.level).toBe('shedding');
    const before = server.server.heldBytes;
    for (let at = 0; at < 3; at++) server.server.broadcast('late', at);
    expect((await quick.take(3)).map(({ data }) => data)).toEqual([0, 1, 2]);
    expect(slowEnd?.connection.droppedPushes).toBe(3);
    expect(quickEnd?.connection.droppedPushes).toBe(0);
    expect(slowEnd?.readyState).toBe(1);
    expect(server.server.heldBytes).toBeLessThanOrEqual(before);
    slow.startReading();
    while (server.server.heldBytes > 0) await turn();
    server.server.broadcast('again');
    expect((await slow.drain()).at(-1)).toEqual({ type: 'again' });
  });
});
