import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { afterEach, describe, expect, it } from 'vitest';
import { InvalidUse, type WsgateAdapterOptions, WsgateAdapter } from '../../../lib/index.js';
import { type AdaptedApp, serveAdapted } from './support/adapted-app.js';
import { connectEvents, type EventPeer } from './support/event-peer.js';

/** So slow that no test lives to see it give anything back. */
const perSecond = 0.001;

@WebSocketGateway()
class EchoGateway {
  @SubscribeMessage('echo')
  echo(_client: unknown, data: unknown): unknown {
    return { event: 'echo', data };
  }
}

let adapted: AdaptedApp | undefined;

async function connect(
  options: WsgateAdapterOptions,
  protocols?: readonly string[],
): Promise<EventPeer> {
  adapted = await serveAdapted({ providers: [EchoGateway], options });
  return connectEvents(adapted.url, protocols === undefined ? {} : { protocols });
}

function sayMany(peer: EventPeer, count: number): void {
  for (let data = 0; data < count; data++) peer.say({ event: 'echo', data });
}

afterEach(async () => {
  await adapted?.app.close();
  adapted = undefined;
});

describe('messageRate', () => {
  it('is off by default', async () => {
    const peer = await connect({});
    sayMany(peer, 2000);
    const heard = await peer.hear(2000);
    expect(JSON.parse(heard.at(-1) ?? '')).toEqual({ event: 'echo', data: 1999 });
  });

  it('answers what is beyond it with an exception, and closes with 4429 who goes on', async () => {
    const peer = await connect({ messageRate: { perSecond, burst: 2 } });
    sayMany(peer, 2);
    await peer.hear(2);
    sayMany(peer, 20 + 1);
    expect(await peer.next()).toEqual({
      event: 'exception',
      data: {
        status: 'error',
        message: 'Too many messages',
        code: 'RATE_LIMITED',
        details: { retryAfterMs: expect.any(Number) as number },
      },
    });
    expect(await peer.closed()).toBe(4429);
    expect(peer.rest()).toHaveLength(19);
  });

  it('closes at once where excess says so', async () => {
    const peer = await connect({ messageRate: { perSecond, burst: 2, excess: 'close' } });
    sayMany(peer, 2);
    await peer.hear(2);
    sayMany(peer, 1);
    expect(await peer.closed()).toBe(4429);
    expect(peer.rest()).toEqual([]);
  });

  it('holds for clients of wsgate.v1 too', async () => {
    const peer = await connect({ messageRate: { perSecond, burst: 1 } }, ['wsgate.v1']);
    peer.say({ type: 'echo', id: 1, data: 'a' });
    peer.say({ type: 'echo', id: 2, data: 'b' });
    const heard = (await peer.hear(2)).map((text) => JSON.parse(text) as unknown);
    expect(heard).toContainEqual({ op: 'reply', id: 1, data: 'a' });
    expect(heard).toContainEqual(
      expect.objectContaining({ id: 2, error: expect.objectContaining({ code: 'RATE_LIMITED' }) }),
    );
  });

  it('is refused at set-up where it is not a rate', () => {
    const options = { messageRate: { perSecond: -1 } };
    expect(() => new WsgateAdapter(undefined, options)).toThrow(InvalidUse);
  });
});

describe('controlFrameRate', () => {
  it.each([
    ['ping', []],
    ['pong', []],
    ['ping', ['wsgate.v1']],
    ['pong', ['wsgate.v1']],
  ] as const)('closes with 4429 by default: %s, %j', async (kind, protocols) => {
    const peer = await connect({}, protocols);
    for (let sent = 0; sent < 2000; sent++) peer.socket[kind]();
    expect(await peer.closed()).toBe(4429);
  });

  it('can be switched off', async () => {
    const peer = await connect({ controlFrameRate: 0 });
    for (let sent = 0; sent < 2000; sent++) peer.socket.pong();
    sayMany(peer, 1);
    expect(await peer.next()).toEqual({ event: 'echo', data: 0 });
  });
});

describe('messageTimeout', () => {
  it.each([[[]], [['wsgate.v1']]])('closes with 4408: %j', async (protocols) => {
    const peer = await connect({ messageTimeout: 50 }, protocols);
    peer.socket.send('{"event":', { fin: false });
    expect(await peer.closed()).toBe(4408);
  });
});
