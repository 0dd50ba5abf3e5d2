import { type CanActivate, Injectable, type Type } from '@nestjs/common';
import { UseHandshakeGuards, WsGateway, WsHandler, WsServer } from 'nestjs-wsgate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectPeer, refusedPeer, type WsPeer } from '../../nest/support/ws-peer.js';
import { until } from '../../support/until.js';
import { ours, type Served, start } from '../support/serve.js';
import { Log } from './support/log.js';
import { hostile, never, raise, thenable } from './support/misdeeds.js';

type Misdeed = () => unknown;

/** What a hook or a guard does, and what the log says of it. */
const MISDEEDS: Readonly<Record<string, readonly [Misdeed, RegExp]>> = {
  throws: [() => raise(new Error('boom')), /boom/],
  'throws undefined': [() => raise(undefined), /undefined/],
  'throws a proxy that throws': [() => raise(hostile()), /failed/],
  rejects: [() => Promise.reject(new Error('boom')), /boom/],
  'rejects with undefined': [async () => raise(undefined), /undefined/],
  'rejects with a proxy that throws': [async () => raise(hostile()), /failed/],
  'answers a proxy that throws': [hostile, /do not touch/],
  'answers a thenable that throws': [() => thenable(() => raise(new Error('boom'))), /boom/],
};

function gateway(path: string, hooks: object, guard?: Misdeed): Type {
  class HookedGateway {
    ok(): string {
      return 'ok';
    }
  }
  const { prototype } = HookedGateway;
  Object.assign(prototype, hooks);
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'ok') as PropertyDescriptor;
  WsHandler('ok')(prototype, 'ok', descriptor);
  if (guard !== undefined) {
    UseHandshakeGuards({ canActivate: guard } as CanActivate)(HookedGateway);
  }
  WsGateway({ path, openTimeout: 40, handshakeTimeout: 40 })(HookedGateway);
  return Injectable()(HookedGateway) ?? HookedGateway;
}

function slug(name: string): string {
  return name.replaceAll(' ', '-');
}

describe('around a connection', () => {
  const log = new Log();
  let served: Served;
  let neighbours: readonly WsPeer[];

  beforeAll(async () => {
    const providers = Object.entries({ ...MISDEEDS, never: [never] as const }).flatMap(
      ([name, [misdeed]]) => [
        gateway(`/open/${slug(name)}`, { onWsOpen: misdeed }),
        gateway(`/close/${slug(name)}`, { onWsClose: misdeed }),
        gateway(`/guard/${slug(name)}`, {}, misdeed),
      ],
    );
    served = await start({
      ...ours({ providers: [...providers, gateway('/well', {})] }, { closeTimeout: 40 }),
      configure: (app) => app.useLogger(log),
    });
    neighbours = await Promise.all(
      Array.from({ length: 9 }, () => connectPeer(`${served.url}/well`)),
    );
  });

  afterAll(() => served.app.close());

  /** The others are served, and of this connection nothing is left but a line in the log. */
  async function expectNoHarm(...logs: readonly RegExp[]): Promise<void> {
    const { connections } = served.app.get(WsServer);
    await until(() => connections.size === neighbours.length && log.lines.length >= logs.length);
    const replies = await Promise.all(neighbours.map((peer) => peer.call('ok')));
    expect(replies.map(({ data }) => data)).toEqual(neighbours.map(() => 'ok'));
    const lines = log.take().map(({ text, stack }) => `${text}\n${stack}`);
    expect(lines).toEqual(logs.map((line) => expect.stringMatching(line)));
  }

  it.each(Object.entries(MISDEEDS))('onWsOpen that %s closes with 1011', async (name, [, logs]) => {
    const peer = await connectPeer(`${served.url}/open/${slug(name)}`);
    expect(await peer.closed).toEqual({ code: 1011, reason: '' });
    await expectNoHarm(logs);
  });

  it.each(Object.entries(MISDEEDS))('onWsClose that %s is logged', async (name, [, logs]) => {
    const peer = await connectPeer(`${served.url}/close/${slug(name)}`);
    expect(await peer.call('ok')).toMatchObject({ data: 'ok' });
    await peer.close();
    await expectNoHarm(logs);
  });

  it.each(Object.entries(MISDEEDS))('a handshake guard that %s refuses', async (name, [, logs]) => {
    const { status, body } = await refusedPeer(`${served.url}/guard/${slug(name)}`);
    expect(status).toBe(500);
    expect(body).not.toMatch(/boom|touch/);
    await expectNoHarm(logs);
  });

  it('onWsOpen that never settles is closed at its deadline', async () => {
    const peer = await connectPeer(`${served.url}/open/never`);
    expect(await peer.closed).toEqual({ code: 1011, reason: '' });
    await expectNoHarm(/onWsOpen did not finish/);
  });

  it('a handshake guard that never settles refuses at its deadline', async () => {
    expect(await refusedPeer(`${served.url}/guard/never`)).toMatchObject({ status: 503 });
    await expectNoHarm(/503 by a guard, which took longer than handshakeTimeout/);
  });

  it('onWsClose that never settles keeps no connection, and no shutdown for long', async () => {
    const peer = await connectPeer(`${served.url}/close/never`);
    await peer.close();
    await expectNoHarm();
    await Promise.all([served.app.close(), served.app.close()]);
    expect(await Promise.all(neighbours.map(({ closed }) => closed))).toEqual(
      neighbours.map(() => expect.objectContaining({ code: 1001 })),
    );
    expect(log.take().map(({ text }) => text)).toEqual([
      'close hooks did not finish within closeTimeout',
    ]);
  });
});
