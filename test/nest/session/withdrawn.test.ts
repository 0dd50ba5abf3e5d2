import { once } from 'node:events';
import {
  type CanActivate,
  Injectable,
  Logger,
  type NestInterceptor,
  type PipeTransform,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { tap } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WsGateway, WsHandler, WsPayload, WsServer } from '../../../lib/index.js';
import { deferred } from '../../support/deferred.js';
import { serveApp } from '../support/gateway-app.js';
import { connectPeer, type WsPeer } from '../support/ws-peer.js';

/** An application whose guards and pipes take as long as the test likes, and what has been done in it. */
async function start(timeout = 0) {
  const done: unknown[] = [];
  const reached = deferred();
  const gate = deferred();
  const wait = async (): Promise<void> => {
    reached.resolve();
    await gate.promise;
  };
  const guard: CanActivate = { canActivate: () => wait().then(() => true) };
  const pipe: PipeTransform = { transform: (value: unknown) => wait().then(() => value) };
  const interceptor: NestInterceptor = {
    intercept: (_context, next) => next.handle().pipe(tap((value) => done.push(value))),
  };

  @WsGateway({ path: '/', timeout })
  @Injectable()
  class Gateway {
    @WsHandler('guarded')
    @UseGuards(guard)
    guarded(@WsPayload() name: string): string {
      done.push(name);
      return name;
    }

    @WsHandler('piped')
    piped(@WsPayload(pipe) name: string): string {
      done.push(name);
      return name;
    }

    @WsHandler('intercepted')
    @UseGuards(guard)
    @UseInterceptors(interceptor)
    intercepted(@WsPayload() name: string): string {
      return name;
    }

    @WsHandler('free')
    free(): readonly unknown[] {
      return done;
    }
  }
  const { app, url } = await serveApp({ providers: [Gateway] });
  return { server: app.get(WsServer), url, peer: await connectPeer(url), done, reached, gate };
}

type Started = Awaited<ReturnType<typeof start>>;

const TYPES = ['guarded', 'piped', 'intercepted'] as const;

const TOO_LONG = 'is told that it took too long';

const ENDS: Readonly<Record<string, (started: Started) => Promise<unknown>>> = {
  'is logged out': ({ server, peer }) => {
    server.disconnect(() => true, 4401);
    return peer.closed;
  },
  'cancels it': async ({ peer }) => {
    peer.send({ op: 'cancel', id: 1 });
    await peer.call('free');
  },
  [TOO_LONG]: ({ peer }) => peer.next((message) => message['op'] === 'error'),
};

/** So many turns as it takes for everything that was waiting to go on. */
async function whenQuiet(url: string): Promise<WsPeer> {
  const witness = await connectPeer(url);
  await witness.call('free');
  return witness;
}

describe('a call whose guard or pipe takes its time', () => {
  const cases = TYPES.flatMap((type) =>
    Object.entries(ENDS).map(([what, end]) => ({ type, what, end })),
  );

  it.each(cases)(
    'is not begun for a client that $what meanwhile: $type',
    async ({ type, what, end }) => {
      const error = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
      onTestFinished(() => error.mockRestore());
      const started = await start(what === TOO_LONG ? 50 : 0);
      started.peer.send({ type, id: 1, data: 'Ada' });
      await started.reached.promise;
      await end(started);
      started.gate.resolve();
      await whenQuiet(started.url);
      expect(started.done).toEqual([]);
      expect(error).not.toHaveBeenCalled();
    },
  );

  it.each(TYPES)('is begun although its client has said good-bye: %s', async (type) => {
    const { peer, reached, gate, done, url } = await start();
    peer.send({ type, data: 'Ada' });
    peer.socket.close();
    await reached.promise;
    await once(peer.socket, 'close');
    gate.resolve();
    await whenQuiet(url);
    expect(done).toEqual(['Ada']);
  });
});
