import { range } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProxy, type Weather } from '../../client/support/tcp-proxy.js';
import { connectPeer } from '../../nest/support/ws-peer.js';
import { ours, type Served, start } from '../support/serve.js';
import { gatewayOf } from './support/gateway-of.js';

/** Not ASCII, and longer than any one packet. */
const LONG = 'zwölf Boxkämpfer 🥊 '.repeat(200);

describe('a session through a network that', () => {
  let served: Served;

  beforeAll(async () => {
    const Gateway = gatewayOf('/weather', {
      echo: { run: (_conn, payload) => payload },
      stream: { run: () => range(0, 20) },
      fail: {
        run: () => {
          throw new Error('boom');
        },
      },
      leave: { run: (conn) => conn.close(4000, 'as asked') },
    });
    served = await start(ours({ providers: [Gateway] }, { perMessageDeflate: true }));
  });

  afterAll(() => served.app.close());

  /** All a client is told in a session. */
  async function session(weather: Weather): Promise<readonly unknown[]> {
    const proxy = await startProxy({ port: Number(new URL(served.url).port) });
    proxy.weather = weather;
    const peer = await connectPeer(new URL('/weather', proxy.url).href);
    await Promise.all([peer.call('echo', LONG), peer.run('stream'), peer.call('fail')]);
    peer.socket.send(Buffer.from('{"type":"echo","id":"parts"'), { fin: false, binary: false });
    peer.socket.send(Buffer.from(',"data":1}'), { fin: true, binary: false });
    await peer.next(({ id }) => id === 'parts');
    peer.send({ type: 'leave' });
    return [...peer.messages, await peer.closed];
  }

  it.each(['split', 'slow'] as const)('is %s comes to the same as in fair weather', async (how) => {
    expect(await session(how)).toEqual(await session('fair'));
  });
});
