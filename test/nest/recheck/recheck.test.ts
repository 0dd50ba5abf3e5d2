import {
  ConflictException,
  type ExecutionContext,
  ForbiddenException,
  HttpException,
  Inject,
  Injectable,
  Logger,
  Scope,
  UnauthorizedException,
} from '@nestjs/common';
import { APP_GUARD, REQUEST } from '@nestjs/core';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { of } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  type OnWsOpen,
  UseHandshakeGuards,
  type WsConnection,
  WsGateway,
  WsHandler,
  type RecheckOptions,
  type UpgradeRequest,
} from '../../../lib/index.js';
import { deferred } from '../../support/deferred.js';
import { until } from '../../support/until.js';
import { PLATFORMS } from '../support/gateway-app.js';
import { connectPeer } from '../support/ws-peer.js';
import { bankWith, connectAs, guard, Journal, serve, sessionGuard, Sessions } from './support.js';

const ON_ALL: RecheckOptions = { on: 'message' };
const OFTEN: RecheckOptions = { every: 20 };

let sessions: Sessions;
let journal: Journal;

beforeEach(() => {
  sessions = new Sessions();
  sessions.users.set('ann', { id: 'ann', roles: ['admin'] });
  sessions.users.set('bob', { id: 'bob' });
  journal = new Journal();
});
afterEach(() => vi.restoreAllMocks());

/** A bank that asks these sessions. */
function bank(recheck: RecheckOptions | undefined) {
  return { providers: [bankWith(recheck, journal, sessionGuard(sessions))] };
}

/** Waits until the store has been asked so often. */
function lookedUp(count: number): Promise<void> {
  return until(() => sessions.lookups.length >= count);
}

function requestOf(context: ExecutionContext): UpgradeRequest {
  return context.switchToHttp().getRequest<UpgradeRequest>();
}

describe.each(PLATFORMS)('rechecks on %s', (platform) => {
  it('ask nobody without the option', () =>
    serve({ platform, ...bank(undefined) }, async (url) => {
      const peer = await connectAs(url, 'ann');
      sessions.users.clear();
      expect(await peer.call('who')).toMatchObject({ data: { id: 'ann' } });
      expect(sessions.lookups).toEqual(['ann']);
    }));

  it('close with 4401 when the session has ended, by the clock', () =>
    serve({ platform, ...bank(OFTEN) }, async (url) => {
      const ann = await connectAs(url, 'ann');
      const bob = await connectAs(url, 'bob');
      sessions.users.delete('ann');
      expect(await ann.closed).toEqual({ code: 4401, reason: 'the session ended' });
      expect(await bob.call('who')).toMatchObject({ data: { id: 'bob' } });
      await journal.closed.promise;
      expect(journal.closes).toEqual([{ code: 4401, reason: 'the session ended', wasClean: true }]);
    }));

  it('close before a message of a stale session is handled', () =>
    serve({ platform, ...bank({ on: ['transfer'] }) }, async (url) => {
      const peer = await connectAs(url, 'ann');
      expect(await peer.call('transfer', 1)).toMatchObject({ data: { id: 'ann' } });
      sessions.users.delete('ann');
      expect(await peer.call('who')).toMatchObject({ data: { id: 'ann' } });
      peer.send({ type: 'transfer', id: 9, data: 2 });
      expect(await peer.closed).toMatchObject({ code: 4401 });
      expect(journal.handled).toEqual([1, 'who']);
    }));

  it.each<[string, (context: ExecutionContext) => unknown, number]>([
    ['false', () => false, 4403],
    ['nothing', () => undefined, 4403],
    ['an Observable of false', () => of(false), 4403],
    ['a ForbiddenException', () => Promise.reject(new ForbiddenException()), 4403],
    ['an UnauthorizedException', () => Promise.reject(new UnauthorizedException()), 4401],
    ['too many requests', () => Promise.reject(new HttpException('slowly', 429)), 4429],
    ['another HttpException', () => Promise.reject(new ConflictException('secret')), 1011],
    ['an error', () => Promise.reject(new Error('secret')), 1011],
    ['an answer of its own', (context) => endWith(context, 401), 4401],
    ['a redirection', (context) => endWith(context, 302), 4401],
    ['an answer that is no refusal', (context) => endWith(context, 200), 4403],
  ])('close when a guard gives %s', (_what, refuse, code) =>
    serve(
      {
        platform,
        providers: [
          bankWith(
            ON_ALL,
            journal,
            guard((context) => !requestOf(context).isRecheck || refuse(context)),
          ),
        ],
      },
      async (url) => {
        const peer = await connectPeer(`${url}/bank`);
        peer.send({ type: 'who', id: 1 });
        const ending = await peer.closed;
        expect(ending.code).toBe(code);
        expect(ending.reason).not.toContain('secret');
        expect(peer.messages).toEqual([]);
        expect(journal.handled).toEqual([]);
      },
    ),
  );

  it('run the Origin check, global guards and those of every class of the path', async () => {
    const seen: string[] = [];
    const note = (name: string) =>
      guard((context) => {
        const { name: guarded } = context.getClass();
        seen.push(`${name} ${guarded} ${context.getType()} ${requestOf(context).isRecheck}`);
        return true;
      });
    @WsGateway('/bank')
    @UseHandshakeGuards(note('second'))
    @Injectable()
    class Second {}
    const providers = [
      bankWith({ on: ['who'] }, journal, note('first')),
      Second,
      { provide: APP_GUARD, useValue: note('global') },
    ];
    const setup = { platform, providers, options: { globalGuards: 'handshake' as const } };
    await serve(setup, async (url) => {
      const peer = await connectPeer(`${url}/bank`);
      await peer.call('who');
    });
    const round = ['global Bank', 'global Second', 'first Bank', 'second Second'];
    expect(seen).toEqual([
      ...round.map((each) => `${each} http false`),
      ...round.map((each) => `${each} http true`),
    ]);
  });

  it('see the request as it came, without what guards had put on it', async () => {
    const seen: unknown[] = [];
    const look = guard((context) => {
      const request = requestOf(context) as UpgradeRequest & { mark?: string };
      const { method, url, params, query, cookies, ip, path, httpVersion, mark, user } = request;
      const { headers, rawHeaders, headersDistinct, originalUrl } = request;
      const lines = [...rawHeaders];
      const all = { ...headersDistinct };
      seen.push([method, url, params, query, cookies, ip, path, httpVersion, mark, user]);
      seen.push([{ ...headers }, lines, all, originalUrl, request.get('X-Tenant')]);
      Object.assign(request, { mark: 'seen', user: { id: 1 } });
      return true;
    });
    await serve({ platform, providers: [bankWith(ON_ALL, journal, look)] }, async (url) => {
      const headers = { 'x-tenant': 'acme', cookie: 'a=1', 'x-two': ['1', '2'] as never };
      const peer = await connectPeer(`${url}/bank?q=1`, { headers, origin: undefined });
      expect(await peer.call('who')).toMatchObject({ data: { id: 1 } });
    });
    expect(seen).toHaveLength(4);
    expect(seen.slice(2)).toEqual(seen.slice(0, 2));
  });

  it('make request-scoped guards anew, with the request as REQUEST', async () => {
    const seen: unknown[] = [];
    @Injectable({ scope: Scope.REQUEST })
    class Scoped {
      readonly born = seen.length;
      constructor(@Inject(REQUEST) private readonly request: UpgradeRequest) {}
      canActivate(context: ExecutionContext): boolean {
        const isItsOwn = requestOf(context) === this.request;
        seen.push({ born: this.born, isItsOwn, isRecheck: this.request.isRecheck });
        return true;
      }
    }
    await serve({ platform, providers: [bankWith(ON_ALL, journal, Scoped)] }, async (url) => {
      const peer = await connectPeer(`${url}/bank`);
      await peer.call('who');
      await peer.call('who');
    });
    expect(seen).toEqual([
      { born: 0, isItsOwn: true, isRecheck: false },
      { born: 1, isItsOwn: true, isRecheck: true },
      { born: 2, isItsOwn: true, isRecheck: true },
    ]);
  });

  it('ignore headers a guard sets, there being no answer to put them on', () =>
    serve(
      {
        platform,
        providers: [
          bankWith(
            ON_ALL,
            journal,
            guard((context) => {
              const response = context.switchToHttp().getResponse<NodeResponse>();
              response.setHeader('set-cookie', 'sid=fresh');
              return true;
            }),
          ),
        ],
      },
      async (url) => {
        const peer = await connectPeer(`${url}/bank`);
        expect(await peer.call('who')).toMatchObject({ op: 'reply' });
        expect(await peer.call('who')).toMatchObject({ op: 'reply' });
      },
    ));

  it('a guard may read a body: it has ended', async () => {
    const bodies: string[] = [];
    const reads = guard(async (context) => {
      const request: IncomingMessage = requestOf(context);
      if (!requestOf(context).isRecheck) return true;
      let body = 'read:';
      for await (const chunk of request) body += String(chunk);
      bodies.push(body);
      return true;
    });
    await serve({ platform, providers: [bankWith(ON_ALL, journal, reads)] }, async (url) => {
      const peer = await connectPeer(`${url}/bank`);
      expect(await peer.call('who')).toMatchObject({ op: 'reply' });
      expect(await peer.call('who')).toMatchObject({ op: 'reply' });
    });
    expect(bodies).toEqual(['read:', 'read:']);
  });
});

describe('a recheck that ends a connection', () => {
  it('leaves calls unanswered, stops streams, and runs the close hook once', () =>
    serve(bank({ on: ['transfer'] }), async (url) => {
      const peer = await connectAs(url, 'ann');
      peer.send({ type: 'watch', id: 's' });
      peer.send({ type: 'wait', id: 'w' });
      await journal.begun.promise;
      journal.items.next(1);
      await peer.next(({ op }) => op === 'next');
      sessions.users.delete('ann');
      peer.send({ type: 'transfer', id: 't' });
      await journal.aborted.promise;
      expect(journal.items.observed).toBe(false);
      journal.gate.resolve();
      expect(await peer.closed).toMatchObject({ code: 4401 });
      expect(peer.messages.map(({ op }) => op)).toEqual(['next']);
      await journal.closed.promise;
      expect(journal.closes).toMatchObject([{ code: 4401 }]);
    }));

  it('fails closed when a guard hangs, after handshakeTimeout, and logs it once', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const error = vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    const hangs = guard((context) => !requestOf(context).isRecheck || new Promise(() => undefined));
    const setup = {
      providers: [bankWith(ON_ALL, journal, hangs)],
      options: { handshakeTimeout: 30 },
    };
    await serve(setup, async (url) => {
      const peer = await connectPeer(`${url}/bank`);
      for (let id = 0; id < 5; id++) peer.send({ type: 'who', id });
      expect(await peer.closed).toEqual({ code: 1011, reason: '' });
    });
    expect(journal.handled).toEqual([]);
    expect(warn.mock.calls.flat()).toEqual([
      expect.stringMatching(/^connection [\w-]+: a recheck failed: Service Unavailable$/),
    ]);
    expect(error).not.toHaveBeenCalled();
  });

  it('logs once what a guard threw, with the connection', async () => {
    const error = vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    const throws = guard((context) => {
      if (requestOf(context).isRecheck) throw new Error('store down');
      return true;
    });
    await serve({ providers: [bankWith(OFTEN, journal, throws)] }, async (url) => {
      const peer = await connectPeer(`${url}/bank`);
      expect(await peer.closed).toMatchObject({ code: 1011 });
    });
    expect(error).toHaveBeenCalledTimes(1);
    expect(error.mock.calls[0][0]).toMatch(/a recheck of \/bank failed on connection .*store down/);
  });
});

describe('a connection that has gone', () => {
  it('is not checked any more', () =>
    serve(bank(OFTEN), async (url) => {
      const ann = await connectAs(url, 'ann');
      await connectAs(url, 'bob');
      await ann.close();
      await journal.closed.promise;
      const before = sessions.lookups.length;
      await lookedUp(before + 5);
      expect(new Set(sessions.lookups.slice(before))).toEqual(new Set(['bob']));
    }));

  it('gives back its place 10 s later where guards without a deadline never answer', async () => {
    const AT_ONCE = 64;
    const hanging = new Set<IncomingMessage['socket']>();
    const hangsForMany = guard((context) => {
      const { isRecheck, headers, socket } = requestOf(context);
      if (!isRecheck || headers.cookie === 'sid=ann') return true;
      hanging.add(socket);
      return new Promise(() => undefined);
    });
    const setup = {
      providers: [bankWith(OFTEN, journal, hangsForMany, sessionGuard(sessions))],
      options: { handshakeTimeout: 0 },
    };
    await serve(setup, async (url) => {
      const many = await Promise.all(Array.from({ length: AT_ONCE }, () => connectAs(url, 'bob')));
      await vi.waitUntil(() => hanging.size === AT_ONCE, { interval: 1 });
      await connectAs(url, 'ann');
      const before = sessions.lookups.length;
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      onTestFinished(() => void vi.useRealTimers());
      const gone = Array.from(hanging, (socket) => once(socket, 'close'));
      for (const { socket } of many) socket.terminate();
      await Promise.all(gone);
      await vi.advanceTimersByTimeAsync(9_000);
      expect(sessions.lookups).toHaveLength(before);
      await vi.advanceTimersByTimeAsync(1_000);
      vi.useRealTimers();
      await lookedUp(before + 3);
      expect(sessions.lookups.at(-1)).toBe('ann');
    });
  });
});

describe('messages that wait for a recheck', () => {
  it('share one where it began after them all, keep their order, and hold up nobody else', () =>
    serve(bank({ on: ['transfer'] }), async (url) => {
      const ann = await connectAs(url, 'ann');
      const bob = await connectAs(url, 'bob');
      sessions.lookups.length = 0;
      const slow = deferred();
      sessions.wait = slow.promise;
      ann.send({ type: 'transfer', id: 'a', data: 'a' });
      ann.send({ type: 'who', id: 'b' });
      ann.send({ type: 'transfer', id: 'c', data: 'c' });
      ann.send({ type: 'transfer', id: 'd', data: 'd' });
      ann.send({ op: 'ping' });
      expect(await bob.call('who')).toMatchObject({ op: 'reply' });
      expect(ann.messages).toEqual([]);
      slow.resolve();
      await ann.next(({ op }) => op === 'pong');
      expect(ann.messages.map(({ id, op }) => id ?? op)).toEqual(['a', 'b', 'c', 'd', 'pong']);
      expect(journal.handled).toEqual(['who', 'a', 'who', 'c', 'd']);
      expect(sessions.lookups).toEqual(['ann', 'ann']);
      expect(await ann.call('transfer', 'e')).toMatchObject({ op: 'reply' });
      expect(sessions.lookups).toEqual(['ann', 'ann', 'ann']);
    }));

  it.each<[string, RecheckOptions]>([
    ['a message before them', { on: ['transfer'] }],
    ['the clock', { every: 20, on: ['transfer'] }],
  ])('are not let through by a check that began for %s', async (_what, recheck) => {
    const begun = deferred();
    const slow = deferred();
    let isLoggedIn = true;
    const store = guard(async (context) => {
      if (!requestOf(context).isRecheck) return true;
      const answer = isLoggedIn;
      begun.resolve();
      await slow.promise;
      return answer;
    });
    await serve({ providers: [bankWith(recheck, journal, store)] }, async (url) => {
      const ann = await connectPeer(`${url}/bank`);
      if (recheck.every === undefined) ann.send({ type: 'transfer', id: 'a', data: 'before' });
      await begun.promise;
      isLoggedIn = false;
      ann.send({ type: 'transfer', id: 'b', data: 'after the logout' });
      const bob = await connectPeer(`${url}/bank`);
      expect(await bob.call('who')).toMatchObject({ op: 'reply' });
      slow.resolve();
      expect(await ann.closed).toMatchObject({ code: 4403 });
    });
    expect(journal.handled).not.toContain('after the logout');
  });

  it('share the next one where the clock has begun one', () =>
    serve(bank({ every: 20, on: ['transfer'] }), async (url) => {
      const ann = await connectAs(url, 'ann');
      const slow = deferred();
      sessions.wait = slow.promise;
      const before = sessions.lookups.length;
      await lookedUp(before + 1);
      const reply = ann.call('transfer', 1);
      // While the clock goes round for her, and for somebody who comes later.
      sessions.wait = undefined;
      const bob = await connectAs(url, 'bob');
      const soFar = sessions.lookups.length;
      sessions.wait = slow.promise;
      await lookedUp(soFar + 1);
      expect(await bob.call('who')).toMatchObject({ op: 'reply' });
      expect(sessions.lookups.slice(before).filter((sid) => sid === 'ann')).toEqual(['ann']);
      slow.resolve();
      expect(await reply).toMatchObject({ op: 'reply' });
    }));

  it('do not pile up without bound: reading stops, and goes on', () =>
    serve({ ...bank(ON_ALL), options: { maxPendingMessages: 2 } }, async (url) => {
      const peer = await connectAs(url, 'ann');
      const slow = deferred();
      sessions.wait = slow.promise;
      for (let id = 1; id <= 40; id++) peer.send({ type: 'transfer', id, data: id });
      slow.resolve();
      await peer.next(({ id }) => id === 40);
      expect(journal.handled).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
      expect(sessions.lookups.length).toBeLessThan(40);
    }));

  it('are not let through by a handler that settles meanwhile', () =>
    serve({ ...bank({ on: ['transfer'] }), options: { maxCallsInFlight: 2 } }, async (url) => {
      const peer = await connectAs(url, 'ann');
      peer.send({ type: 'wait', id: 'w' });
      await journal.begun.promise;
      const slow = deferred();
      sessions.wait = slow.promise;
      sessions.users.delete('ann');
      peer.send({ type: 'transfer', id: 't', data: 'stale' });
      await lookedUp(2);
      journal.gate.resolve();
      await peer.next(({ id }) => id === 'w');
      slow.resolve();
      expect(await peer.closed).toMatchObject({ code: 4401 });
      expect(journal.handled).toEqual([]);
    }));

  it('wait for a place after it, where all are taken', () =>
    serve({ ...bank({ on: ['transfer'] }), options: { maxCallsInFlight: 1 } }, async (url) => {
      const peer = await connectAs(url, 'ann');
      peer.send({ type: 'wait', id: 'w' });
      peer.send({ type: 'transfer', id: 't', data: 1 });
      peer.send({ type: 'transfer', id: 'u', data: 2 });
      await journal.begun.promise;
      journal.gate.resolve();
      await peer.next(({ id }) => id === 'u');
      expect(peer.messages.map(({ id }) => id)).toEqual(['w', 't', 'u']);
    }));

  it('are answered before a shutdown closes', async () => {
    const slow = deferred();
    let reply: Promise<unknown> | undefined;
    await serve(bank(ON_ALL), async (url) => {
      const peer = await connectAs(url, 'ann');
      const idle = await connectAs(url, 'bob');
      sessions.wait = slow.promise;
      reply = peer.call('transfer', 1);
      await lookedUp(3);
      // Who has nothing in flight is closed at once.
      void idle.closed.then(() => slow.resolve());
    });
    expect(await reply).toMatchObject({ op: 'reply' });
  });
});

describe('who is there after a recheck', () => {
  it('is the same user with what has changed: a role that was taken away is gone', () =>
    serve(bank(ON_ALL), async (url) => {
      const peer = await connectAs(url, 'ann');
      sessions.users.set('ann', { id: 'ann', roles: [] });
      expect(await peer.call('who')).toMatchObject({ data: { id: 'ann', roles: [] } });
    }));

  it('is never another one', () =>
    serve(bank(ON_ALL), async (url) => {
      const peer = await connectAs(url, 'ann');
      sessions.users.set('ann', { id: 'bob' });
      peer.send({ type: 'who', id: 1 });
      expect(await peer.closed).toMatchObject({ code: 4401 });
      expect(journal.handled).toEqual([]);
    }));

  it.each<[string, RecheckOptions['sameUser'], number]>([
    ['as the option says', (_before, now) => (now as { id: string }).id.startsWith('b'), 0],
    ['with a promise of true: that is not true', (() => Promise.resolve(true)) as never, 4401],
    [
      'and the option may throw',
      () => {
        throw new Error('not comparable');
      },
      1011,
    ],
  ])('is compared %s', (_what, sameUser, code) =>
    serve(bank({ on: 'message', sameUser }), async (url) => {
      const peer = await connectAs(url, 'ann');
      sessions.users.set('ann', { id: 'bob' });
      if (code === 0) expect(await peer.call('who')).toMatchObject({ data: { id: 'bob' } });
      else {
        peer.send({ type: 'who', id: 1 });
        expect(await peer.closed).toMatchObject({ code });
      }
    }),
  );

  it('stays what the application made of it', async () => {
    @WsGateway({ path: '/own', recheck: ON_ALL })
    @UseHandshakeGuards(sessionGuard(sessions))
    @Injectable()
    class Own implements OnWsOpen {
      onWsOpen(connection: WsConnection): void {
        connection.user = { profile: 'of ann' };
      }
      @WsHandler('who') who(connection: WsConnection): unknown {
        return connection.user;
      }
    }
    await serve({ providers: [Own] }, async (url) => {
      const peer = await connectAs(url, 'ann', '/own');
      expect(await peer.call('who')).toMatchObject({ data: { profile: 'of ann' } });
      sessions.users.set('ann', { id: 'bob' });
      peer.send({ type: 'who', id: 1 });
      expect(await peer.closed).toMatchObject({ code: 4401 });
    });
  });
});

interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string): void;
  end(): void;
}

function endWith(context: ExecutionContext, status: number): Promise<never> {
  const response = context.switchToHttp().getResponse<NodeResponse>();
  response.statusCode = status;
  response.end();
  return new Promise(() => undefined);
}
