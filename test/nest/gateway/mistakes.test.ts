import {
  type CanActivate,
  Controller,
  Get,
  Injectable,
  type Provider,
  Scope,
  type Type,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import {
  AllowOrigins,
  CookieGuard,
  UseHandshakeGuards,
  WsConn,
  WsGateway,
  WsHandler,
  WsModule,
  WsParam,
  WsPayload,
  WsSignal,
} from '../../../lib/index.js';
import { createApp } from '../support/gateway-app.js';

class Shut implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

class Base {
  @WsHandler('say') say(): string {
    return 'base';
  }
  @WsHandler('kept') kept(): string {
    return 'base';
  }
}

@WsGateway('/over')
class Over extends Base {
  override say(): string {
    return 'over';
  }
  @WsHandler('kept') override kept(): string {
    return 'over';
  }
  forgotten(@WsPayload() data: unknown): unknown {
    return data;
  }
  helper(data: unknown): unknown {
    return data;
  }
}

@Controller()
@WsGateway('/rooms{/:room}')
class Rooms {
  @WsHandler('room') room(@WsParam('room') room: string, @WsParam() all: unknown): unknown {
    return [room, all];
  }
  @WsHandler('rom') rom(@WsParam('rom') rom: string): unknown {
    return rom;
  }
  @Get() list(@WsParam('id') id: string): unknown {
    return id;
  }
}

describe('warned of at start', () => {
  it('are methods that nobody can call: overrides without @WsHandler, and decorated parameters', async () => {
    expect(await warningsOf({ providers: [Over] })).toEqual([
      "Over.say is never called: it overrides Base.say, a @WsHandler('say'), and needs that decorator too",
      'Over.forgotten is never called: its parameters have decorators, but the method has no @WsHandler',
    ]);
  });

  it('are parameters that the path does not have', async () => {
    expect(await warningsOf({ controllers: [Rooms] })).toEqual([
      'Rooms.rom asks for the parameter "rom", which the path "/rooms{/:room}" does not have',
    ]);
  });
});

@Injectable()
@UseHandshakeGuards(Shut)
class Provided {}

@Controller()
@UseHandshakeGuards(Shut)
class Routes {}

@Injectable()
@AllowOrigins('https://a.example')
class Origins {}

@WsGateway('/open')
@UseHandshakeGuards(Base as never)
class NoGuard {}

@Injectable({ scope: Scope.REQUEST })
class ScopedNoGuard {}

@WsGateway('/scoped')
@UseHandshakeGuards(ScopedNoGuard as never)
class ScopedOpen {}

@WsGateway('/late')
class Late {}

describe('refused at start', () => {
  it.each<[string, { providers?: Provider[]; controllers?: Type[] }, string]>([
    ['guards of a provider', { providers: [Provided] }, '@UseHandshakeGuards on Provided'],
    ['guards of a controller', { controllers: [Routes] }, '@UseHandshakeGuards on Routes'],
    ['origins of a provider', { providers: [Origins] }, '@AllowOrigins on Origins does nothing'],
    ['no guard', { providers: [NoGuard] }, 'Base, a handshake guard of NoGuard, has no method'],
    [
      'a class that is no guard, for each handshake',
      { providers: [ScopedOpen] },
      'ScopedNoGuard, a handshake guard of ScopedOpen, has no method canActivate; that of a scoped',
    ],
  ])('are %s, where no door is shut by them', async (_what, setup, message) => {
    await expect(createApp(setup)).rejects.toThrow(message);
  });

  it('is a guard that came too late for Nest to make it', async () => {
    const module = await Test.createTestingModule({
      imports: [WsModule.forRoot()],
      providers: [Late],
    }).compile();
    UseHandshakeGuards(Shut)(Late);
    const app = module.createNestApplication({ logger: false });
    await expect(app.init()).rejects.toThrow(
      'Nest has not made Shut, a handshake guard of Late: decorate the class before',
    );
  });

  it.each([
    ['@WsConn()', WsConn],
    ['@WsSignal()', WsSignal],
  ])('is %s without its parentheses', (name, decorator) => {
    const decorate = () =>
      Reflect.apply(decorator, undefined, [Base.prototype, 'say', 0]) as unknown;
    expect(decorate).toThrow(`${name} takes no arguments, but needs the parentheses`);
  });
});

it('lets a CookieGuard be without @Injectable, as other guards may', async () => {
  class Session extends CookieGuard {
    constructor() {
      super({ cookie: 'sid' });
    }
    authenticate(): null {
      return null;
    }
  }
  @WsGateway('/session')
  @UseHandshakeGuards(Session)
  class Guarded {}
  const app = await createApp({ providers: [Guarded, Session] });
  await app.close();
});

async function warningsOf(setup: {
  readonly providers?: Provider[];
  readonly controllers?: Type[];
}): Promise<readonly string[]> {
  const lines: string[] = [];
  const logger = {
    log: () => undefined,
    error: () => undefined,
    warn: (line: unknown) => void lines.push(String(line)),
  };
  const app = await createApp({ ...setup, nest: { logger } });
  await app.close();
  return lines;
}
