import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'nestjs-wsgate/server';
import { next, pair } from '../socket/support/serve.js';

/** Everything `socket` is told until it closes. */
async function hearAll(socket: WebSocket): Promise<string[]> {
  const heard: string[] = [];
  socket.on('message', (data) => heard.push(String(data)));
  socket.on('ping', (data) => heard.push(`ping ${String(data)}`));
  await next(socket, 'close');
  return heard;
}

const LANES = [
  ['fast lane', true],
  ['plain lane', false],
] as const;

describe.each(LANES)('broadcasts, %s', (_name, fastLane) => {
  it('keep their place among all else that is sent in the turn', async () => {
    const { server, near, far } = await pair({ fastLane });
    const heard = hearAll(near);
    server.broadcast('1');
    server.broadcast('2');
    far.send('3');
    server.broadcast('4');
    far.ping('5');
    server.broadcast('6');
    far.send('7', () => server.broadcast('8'));
    await new Promise((resolve) => setImmediate(resolve));
    server.broadcast('9');
    far.close();
    server.broadcast('never');
    expect(await heard).toEqual(['1', '2', '3', '4', 'ping 5', '6', '7', '8', '9']);
  });

  it('come before the answer to a Close that arrives while they wait', async () => {
    const { server, near, far } = await pair({ fastLane });
    const heard = hearAll(near);
    near.send('now');
    near.close();
    // Both came as one chunk: the Close is there, and has not been read.
    far.once('message', () => far.pause());
    await next(far, 'message');
    await new Promise((resolve) => setImmediate(resolve));
    server.broadcast('waits');
    far.resume();
    expect(await heard).toEqual(['waits']);
  });

  it('count as buffered while they wait', async () => {
    const { server, far } = await pair({ fastLane });
    server.broadcast('x'.repeat(100));
    server.broadcast('y'.repeat(100));
    expect(far.bufferedAmount).toBe(204);
    await new Promise((resolve) => setImmediate(resolve));
    expect(far.bufferedAmount).toBe(0);
  });

  it('are compressed for those who agreed to it, and only for them', async () => {
    const { server, near } = await pair({ fastLane, perMessageDeflate: { threshold: 10 } });
    const heard = hearAll(near);
    server.broadcast('short');
    server.broadcast('long enough '.repeat(9));
    server.broadcast('as it is '.repeat(9), { compress: false });
    near.close();
    expect(await heard).toEqual(['short', 'long enough '.repeat(9), 'as it is '.repeat(9)]);
  });
});
