import { Injectable } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WsGateway, WsHandler, type WsModuleOptions, WsPayload } from '../../../lib/index.js';
import { serveApp } from '../support/gateway-app.js';
import { connectPeer } from '../support/ws-peer.js';

@WsGateway('/echo')
@Injectable()
class Echo {
  @WsHandler('echo') echo(@WsPayload() payload: unknown): unknown {
    return payload;
  }
}

/** How often Node was asked for its internals while an application ran. */
async function countLooks(options: WsModuleOptions): Promise<number> {
  const binding = vi.spyOn(process as unknown as { binding(name: string): unknown }, 'binding');
  const { app, url } = await serveApp({ providers: [Echo], options });
  const peer = await connectPeer(`${url}/echo`);
  expect(await peer.call('echo', 'hello')).toMatchObject({ data: 'hello' });
  await app.close();
  return binding.mock.calls.filter(([name]) => name === 'stream_wrap').length;
}

describe('the option fastLane', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('keeps off Node’s internals where it is false', async () => {
    expect(await countLooks({ fastLane: false })).toBe(0);
  });

  it.each([{}, { fastLane: true }])('looks for them otherwise: %o', async (options) => {
    expect(await countLooks(options)).toBeGreaterThan(0);
  });
});
