import { setTimeout as wait } from 'node:timers/promises';
import type { CanActivate } from '@nestjs/common';
import { UseHandshakeGuards, WsGateway, WsHandler, WsParam } from 'nestjs-wsgate';

@WsGateway('/ours/:room')
export class OurGateway {
  @WsHandler('where') where(@WsParam('room') room: string): string {
    return room;
  }
}

/** Decides after longer than engine.io grants an upgrade that is not its own. */
export class SlowGuard implements CanActivate {
  async canActivate(): Promise<boolean> {
    await wait(1_500);
    return true;
  }
}

@WsGateway('/slow')
@UseHandshakeGuards(SlowGuard)
export class SlowGateway {}
