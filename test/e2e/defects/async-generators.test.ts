import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { WsGateway, WsHandler } from 'nestjs-wsgate';
import { describe, expect, it } from 'vitest';
import { connectPeer } from '../../nest/support/ws-peer.js';
import { ours, serve, theirs } from '../support/serve.js';

async function* readLines(): AsyncIterable<{ readonly event: string; readonly data: string }> {
  yield { event: 'line', data: 'one' };
  yield { event: 'line', data: 'two' };
}

@WebSocketGateway({ path: '/report' })
class TheirGateway {
  @SubscribeMessage('lines') async *lines(): AsyncIterable<unknown> {
    yield* readLines();
  }
}

@WsGateway('/report')
class OurGateway {
  @WsHandler('lines') async *lines(): AsyncIterable<unknown> {
    for await (const { data } of readLines()) yield data;
  }
}

describe('a handler that is an async generator', () => {
  it('platform-ws: answers {}', () =>
    serve(theirs({ providers: [TheirGateway] }), async ({ url }) => {
      const peer = await connectPeer(`${url}/report`);
      peer.send({ event: 'lines' });
      expect(await peer.next(() => true)).toEqual({});
    }));

  it('wsgate: streams', () =>
    serve(ours({ providers: [OurGateway] }), async ({ url }) => {
      const peer = await connectPeer(`${url}/report`);
      expect(await peer.run('lines')).toEqual([
        { op: 'next', id: 1, data: 'one' },
        { op: 'next', id: 1, data: 'two' },
        { op: 'complete', id: 1 },
      ]);
    }));
});
