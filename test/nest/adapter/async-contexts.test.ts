import { AsyncLocalStorage } from 'node:async_hooks';
import { type CanActivate, UseGuards } from '@nestjs/common';
import {
  MessageBody,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import { Observable } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WebSocket } from 'ws';
import { deferred } from '../../support/deferred.js';
import { until } from '../../support/until.js';
import { serveAdapted } from './support/adapted-app.js';
import { connectEvents, type EventPeer } from './support/event-peer.js';

const storage = new AsyncLocalStorage<string>();

/** Gives the store that the payload names. */
const enterNamed: CanActivate = {
  canActivate(context) {
    const name: unknown = context.switchToWs().getData();
    if (typeof name === 'string') storage.enterWith(name);
    return true;
  },
};

/** Gateways that note the store they see, and two clients of them. */
async function start(protocols: readonly string[]) {
  const seen: string[] = [];
  const note = (what: string): void => {
    seen.push(`${what}: ${storage.getStore() ?? 'none'}`);
  };
  const clients: WebSocket[] = [];
  const gate = deferred();

  @WebSocketGateway()
  class Gateway implements OnGatewayConnection, OnGatewayDisconnect {
    async handleConnection(client: WebSocket): Promise<void> {
      clients.push(client);
      storage.enterWith('hook');
      await gate.promise;
    }

    handleDisconnect(): void {
      note('left');
    }

    @UseGuards(enterNamed)
    @SubscribeMessage('iterate')
    iterate(): AsyncIterable<never> {
      return {
        [Symbol.asyncIterator]: () => ({
          next: () => {
            note('iterating');
            return new Promise(() => undefined);
          },
          return: () => {
            note('iterated');
            return Promise.resolve({ done: true, value: undefined });
          },
        }),
      };
    }

    @UseGuards(enterNamed)
    @SubscribeMessage('observe')
    observe(): Observable<string> {
      return new Observable(() => {
        note('observing');
        return () => note('observed');
      });
    }

    @UseGuards(enterNamed)
    @SubscribeMessage('guarded')
    guarded(): void {
      note('guarded');
    }

    @SubscribeMessage('plain')
    plain(@MessageBody() name: string): void {
      note(name);
    }

    @SubscribeMessage('close')
    close(): void {
      storage.run('theirs', () => clients[0]?.terminate());
    }
  }

  const { app, url } = await serveAdapted({
    providers: [Gateway],
    options: { awaitConnection: true },
  });
  onTestFinished(() => app.close());
  const connect = async (): Promise<EventPeer> => {
    const peer = await connectEvents(url, { protocols });
    onTestFinished(() => peer.socket.terminate());
    return peer;
  };
  const [victim, other] = [await connect(), await connect()];
  let id = 0;
  const send = ({ socket }: EventPeer, name: string, data?: unknown): void => {
    id += 1;
    socket.send(
      JSON.stringify(protocols.length > 0 ? { type: name, id, data } : { event: name, data }),
    );
  };
  const saw = async (what: string): Promise<string | undefined> => {
    const find = (): string | undefined => seen.find((entry) => entry.startsWith(`${what}: `));
    await until(() => find() !== undefined);
    return find()?.slice(what.length + 2);
  };
  return { gate, victim, other, send, saw, seen };
}

describe.each([
  ['{event, data}', []],
  ['wsgate.v1', ['wsgate.v1']],
] as const)('over %s', (_name, protocols) => {
  it.each([
    ['observe', 'observing', 'observed'],
    ['iterate', 'iterating', 'iterated'],
    ['guarded', 'guarded', 'left'],
  ])(
    'what ends %s does not see the store of who closed the connection',
    async (type, begun, ended) => {
      const { gate, victim, other, send, saw } = await start(protocols);
      gate.resolve();
      send(victim, type, 'mine');
      expect(await saw(begun)).toBe('mine');
      send(other, 'close');
      expect(await saw(ended)).toBe(ended === 'left' ? 'none' : 'mine');
    },
  );

  it('a call begins without the store that a guard gave the one before', async () => {
    const { gate, victim, send, seen } = await start(protocols);
    gate.resolve();
    send(victim, 'guarded', 'first');
    send(victim, 'plain', 'behind');
    send(victim, 'guarded');
    send(victim, 'plain', 'last');
    await until(() => seen.length === 4);
    expect(seen.toSorted()).toEqual([
      'behind: none',
      'guarded: first',
      'guarded: none',
      'last: none',
    ]);
  });

  it('a call that waited for handleConnection begins without its store', async () => {
    const { gate, victim, send, saw } = await start(protocols);
    send(victim, 'plain', 'early');
    gate.resolve();
    expect(await saw('early')).toBe('none');
  });
});
