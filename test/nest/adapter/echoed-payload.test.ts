import { UseFilters } from '@nestjs/common';
import { BaseWsExceptionFilter, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { expect, it, onTestFinished } from 'vitest';
import { serveAdapted } from './support/adapted-app.js';
import { connectEvents } from './support/event-peer.js';

// What SECURITY.md says of Nest's own filter, which answers before the adapter sees the exception.

@WebSocketGateway({ path: '/plain' })
class PlainGateway {
  @SubscribeMessage('fail') fail(): never {
    throw new Error('a secret');
  }
}

@WebSocketGateway({ path: '/discreet' })
@UseFilters(new BaseWsExceptionFilter({ includeCause: false }))
class DiscreetGateway {
  @SubscribeMessage('fail') fail(): never {
    throw new Error('a secret');
  }
}

it.each([
  ['/plain', { cause: { pattern: 'fail', data: 'mine' } }],
  ['/discreet', {}],
])('is sent back by the filter of Nest unless it is told not to: %s', async (path, cause) => {
  const { app, url } = await serveAdapted({ providers: [PlainGateway, DiscreetGateway] });
  onTestFinished(() => app.close());
  const peer = await connectEvents(`${url}${path}`);
  peer.say({ event: 'fail', data: 'mine' });
  expect(await peer.next()).toEqual({
    event: 'exception',
    data: { status: 'error', message: 'Internal server error', ...cause },
  });
});
