import { Injectable, type Type } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { type RecheckOptions, WsGateway, WsHandler } from '../../../lib/index.js';
import { resolveWsOptions } from '../../../lib/nest/options/resolve-ws-options.js';
import { createApp } from '../support/gateway-app.js';

function gatewayWith(recheck?: RecheckOptions): Type {
  @WsGateway({ path: '/bank', ...(recheck && { recheck }) })
  @Injectable()
  class Bank {
    @WsHandler('transfer') transfer(): void {
      // Nothing to do.
    }
  }
  return Bank;
}

describe('the option recheck', () => {
  it('of the module and of a gateway are one', () => {
    const { recheck } = resolveWsOptions(
      { recheck: { every: 60_000 } },
      { recheck: { on: ['transfer'], every: undefined } },
    );
    expect(recheck).toMatchObject({ every: 60_000, on: ['transfer'] });
  });

  it.each<[string, object]>([
    ['a negative time', { every: -1 }],
    ['a time that is none', { every: Number.NaN }],
    ['a time no timer has', { every: Number.POSITIVE_INFINITY }],
    ['a time in words', { every: '1m' }],
    ['one type without a list', { on: 'transfer' }],
    ['an empty type', { on: [''] }],
    ['what are no types', { on: [1] }],
    ['no function', { sameUser: 'id' }],
  ])('is refused for %s', (_what, recheck) => {
    expect(() => resolveWsOptions({ recheck })).toThrow(/^recheck\./);
  });

  it.each([
    ['a gateway', { providers: [gatewayWith({ on: ['transfers'] })] }, 'Bank'],
    [
      'the module',
      { providers: [gatewayWith()], options: { recheck: { on: ['transfers'] } } },
      'WsModule',
    ],
  ])('of %s must not name a type nobody handles', async (_what, setup, owner) => {
    await expect(createApp(setup)).rejects.toThrow(
      `recheck.on of ${owner} names "transfers", but no handler there has this type; did you mean "transfer"?`,
    );
  });

  it('of the module may name a type of one gateway', async () => {
    @WsGateway('/other')
    @Injectable()
    class Other {}
    const options = { recheck: { on: ['transfer'] } };
    await (await createApp({ providers: [gatewayWith(), Other], options })).close();
  });
});
