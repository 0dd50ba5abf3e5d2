import { Injectable, type LoggerService, Scope, UsePipes, ValidationPipe } from '@nestjs/common';
import { IsString } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { WsGateway, WsHandler, WsPayload } from '../../../lib/index.js';
import { serveApp } from '../support/gateway-app.js';
import { connectPeer } from '../support/ws-peer.js';

class Dto {
  @IsString() text!: string;
}

/** A gateway as a compiler leaves it that writes down no types. */
function withoutTypes(
  param: ParameterDecorator,
  pipes: MethodDecorator & ClassDecorator,
  scope = Scope.DEFAULT,
): new () => object {
  class Untyped {
    say(payload: unknown): unknown {
      return payload;
    }
  }
  param(Untyped.prototype, 'say', 0);
  const method = Object.getOwnPropertyDescriptor(Untyped.prototype, 'say');
  if (method !== undefined) WsHandler('say')(Untyped.prototype, 'say', method);
  pipes(Untyped);
  WsGateway('/untyped')(Untyped);
  Injectable({ scope })(Untyped);
  return Untyped;
}

@WsGateway('/typed')
@UsePipes(new ValidationPipe())
@Injectable()
class Typed {
  @WsHandler('say') say(@WsPayload() dto: Dto): Dto {
    return dto;
  }
}

/** What an application with this gateway warns of, after two calls on two connections. */
async function warningsOf(gateway: new () => object, path: string): Promise<readonly unknown[]> {
  const warnings: unknown[] = [];
  const silent = (): void => undefined;
  const warn = (text: unknown): unknown => warnings.push(text);
  const logger: LoggerService = { log: silent, error: silent, warn };
  const { app, url } = await serveApp({ providers: [gateway], nest: { logger } });
  for (let times = 0; times < 2; times += 1) {
    const peer = await connectPeer(url + path);
    expect(await peer.call('say', { text: 'hi' })).toMatchObject({ data: { text: 'hi' } });
    await peer.close();
  }
  await app.close();
  return warnings;
}

describe('a ValidationPipe that knows no types', () => {
  const checked = UsePipes(new ValidationPipe());

  it.each([
    ['of the class', withoutTypes(WsPayload(), checked)],
    ['of the parameter', withoutTypes(WsPayload(new ValidationPipe()), UsePipes())],
    ['of a scoped gateway', withoutTypes(WsPayload(), checked, Scope.REQUEST)],
  ])('is a warning, once: %s', async (_where, gateway) => {
    expect(await warningsOf(gateway, '/untyped')).toEqual([
      expect.stringMatching(/^Untyped\.say: the ValidationPipe checks nothing, .*emitDecoratorMe/),
    ]);
  });

  it.each([
    ['has a schema', withoutTypes(WsPayload(z.object({ text: z.string() })), checked), '/untyped'],
    [
      'is told its type',
      withoutTypes(WsPayload(new ValidationPipe({ expectedType: Dto })), UsePipes()),
      '/untyped',
    ],
    ['has no such pipe', withoutTypes(WsPayload(), UsePipes()), '/untyped'],
    ['knows it', Typed, '/typed'],
  ])('is none where the payload %s', async (_why, gateway, path) => {
    expect(await warningsOf(gateway, path)).toEqual([]);
  });
});
