import { SubscribeMessage, WebSocketGateway, type WsResponse } from '@nestjs/websockets';
import { Journal } from '../support/journal.js';

/** Work that is still going on when something happens. */
@WebSocketGateway({ path: '/slow' })
export class SlowGateway {
  constructor(private readonly journal: Journal) {}

  @SubscribeMessage('slow')
  async slow(): Promise<string> {
    this.journal.note('slow begins');
    // Longer than a shutdown that waits for nothing, and shorter than one that does.
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    return 'late but here';
  }

  @SubscribeMessage('generate')
  async *generate(): AsyncGenerator<WsResponse<number>, void, undefined> {
    yield { event: 'item', data: 1 };
  }
}
