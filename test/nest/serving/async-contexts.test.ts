import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type ArgumentsHost,
  type CanActivate,
  Catch,
  type ExceptionFilter,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { NEVER, Observable, Subject } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type OnWsClose,
  type OnWsOpen,
  UseHandshakeGuards,
  type WsConnection,
  WsGateway,
  WsHandler,
  type WsModuleOptions,
  WsPayload,
  WsSignal,
} from '../../../lib/index.js';
import { deferred } from '../../support/deferred.js';
import { until } from '../../support/until.js';
import { type AppSetup, serveApp } from '../support/gateway-app.js';
import { connectPeer, type WsPeer } from '../support/ws-peer.js';

const storage = new AsyncLocalStorage<string>();
// Before Node.js 24 stores are followed from the first use on, and what had begun before it has no
// scope of its own: the test that came first would leave its store to all others.
storage.run('in use', () => undefined);

/** What application code saw, each with the store it saw. */
let seen: string[] = [];

function note(what: string): void {
  seen.push(`${what}: ${storage.getStore() ?? 'none'}`);
}

/** More than the kernel takes from a client that does not read. */
const FLOOD = 'x'.repeat(16 * 1024 * 1024);

/** Gives a call the store that the test is about. */
const SETTERS = {
  nobody: (): void => undefined,
  'a guard': UseGuards({
    canActivate: () => {
      storage.enterWith('mine');
      return true;
    },
  } satisfies CanActivate),
  'an interceptor': UseInterceptors({
    intercept: (_context, next) => storage.run('mine', () => next.handle()),
  } satisfies NestInterceptor),
};

/** Gives the store that the payload names, after it has noted the one it found. */
const enterNamed: CanActivate = {
  canActivate(context: ExecutionContext) {
    const { type, data } = {
      type: context.getHandler().name,
      data: context.switchToWs().getData(),
    };
    note(`${type} guarded`);
    const name = (data as { store?: string } | undefined)?.store;
    if (name !== undefined) storage.enterWith(name);
    return true;
  },
};

@Catch()
class NotingFilter implements ExceptionFilter {
  catch(_exception: unknown, _host: ArgumentsHost): string {
    note('filter');
    return 'filtered';
  }
}

/** A path whose handlers note the store they see. */
function serveNotes(setter: keyof typeof SETTERS, options: WsModuleOptions = {}) {
  const connections = new Map<string, WsConnection>();
  const gate = deferred();
  const subject = new Subject<number>();
  const giveStore = SETTERS[setter];

  @WsGateway('/')
  @Injectable()
  class Gateway implements OnWsOpen, OnWsClose {
    onWsOpen(connection: WsConnection): void {
      connections.set(String(connection.query['name']), connection);
    }

    onWsClose(): void {
      note('closed');
    }

    @giveStore
    @WsHandler('generate')
    async *generate(): AsyncGenerator<number> {
      try {
        note('first');
        yield 1;
        await gate.promise;
        yield 2;
        note('third');
        yield 3;
        yield 4;
      } finally {
        note('finally');
      }
    }

    @giveStore
    @WsHandler('generateLater')
    async generateLater(): Promise<AsyncGenerator<number>> {
      await Promise.resolve();
      return this.generate();
    }

    @giveStore
    @WsHandler('observe')
    observe(): Observable<number> {
      return new Observable((out) => {
        note('subscribed');
        out.next(1);
        return () => note('torn down');
      });
    }

    @giveStore
    @WsHandler('observeLater')
    async observeLater(): Promise<Observable<number>> {
      await Promise.resolve();
      return this.observe();
    }

    @giveStore
    @WsHandler('wait')
    wait(@WsSignal() signal: AbortSignal): Promise<never> {
      signal.addEventListener('abort', () => note('aborted'));
      AbortSignal.any([signal]).addEventListener('abort', () => note('aborted, derived'));
      note('waiting');
      return new Promise(() => undefined);
    }

    @giveStore
    @UseFilters(NotingFilter)
    @WsHandler('follow')
    follow(): Observable<number> {
      note('following');
      return subject;
    }

    @WsHandler('plain')
    plain(@WsPayload() name: string): void {
      note(name);
    }

    @UseGuards(enterNamed)
    @WsHandler('guarded')
    async guarded(@WsPayload() data?: { store?: string; waits?: boolean }): Promise<void> {
      note('guarded');
      if (data?.waits === true) await gate.promise;
    }

    @UseGuards(enterNamed)
    @WsHandler('serial', { order: 'serial' })
    async serial(@WsPayload() data?: { store?: string; waits?: boolean }): Promise<void> {
      note('serial');
      if (data?.waits === true) await gate.promise;
    }

    /** What another client does, in a store of its own. */
    @WsHandler('act')
    act(@WsPayload() action: string): void {
      const victim = connections.get('victim') as WsConnection;
      storage.run('theirs', () => {
        if (action === 'close') victim.close();
        if (action === 'flood') victim.send('flood', FLOOD);
        if (action === 'fail') subject.error(new Error('it failed'));
        if (action === 'let') gate.resolve();
      });
    }
  }

  return { setup: { providers: [Gateway], options }, gate };
}

/** Serves it to two clients: the one whose code must not see another store, and another one. */
async function start(setter: keyof typeof SETTERS = 'nobody', options?: WsModuleOptions) {
  seen = [];
  const notes = serveNotes(setter, options);
  const url = await serve(notes.setup);
  const [victim, other] = [
    await connect(`${url}/?name=victim`),
    await connect(`${url}/?name=other`),
  ];
  const has = (what: string): boolean => seen.some((entry) => entry.startsWith(`${what}: `));
  return {
    gate: notes.gate,
    victim,
    other,
    /** Waits for a note, and answers with the store in it. */
    saw: async (what: string): Promise<string | undefined> => {
      await until(() => has(what));
      return seen.find((entry) => entry.startsWith(`${what}: `))?.slice(what.length + 2);
    },
  };
}

async function serve(setup: AppSetup): Promise<string> {
  const { app, url } = await serveApp(setup);
  onTestFinished(() => app.close());
  return url;
}

async function connect(url: string): Promise<WsPeer> {
  const peer = await connectPeer(url, { perMessageDeflate: false });
  onTestFinished(() => peer.socket.terminate());
  return peer;
}

/** Sends several messages in one chunk. */
function sendTogether(peer: WsPeer, ...messages: object[]): void {
  const { _socket: stream } = peer.socket as unknown as {
    readonly _socket: { cork(): void; uncork(): void };
  };
  stream.cork();
  for (const message of messages) peer.send(message);
  stream.uncork();
}

const SOURCES: readonly (readonly [string, string, string])[] = [
  ['generate', 'first', 'finally'],
  ['generateLater', 'first', 'finally'],
  ['observe', 'subscribed', 'torn down'],
  ['observeLater', 'subscribed', 'torn down'],
  ['wait', 'waiting', 'aborted'],
  ['wait', 'waiting', 'aborted, derived'],
];

describe.each([
  ['nobody', 'none'],
  ['a guard', 'mine'],
  ['an interceptor', 'mine'],
] as const)('where %s gives a call its store', (setter, mine) => {
  describe.each(SOURCES)('%s, from "%s" on', (type, begun, ended) => {
    it.each([
      ['is cancelled', ({ victim }) => victim.send({ op: 'cancel', id: 1 })],
      ['is left by its client', ({ victim }) => victim.socket.terminate()],
      ['is closed by another client', ({ other }) => void other.call('act', 'close')],
    ] as readonly (readonly [string, (clients: { victim: WsPeer; other: WsPeer }) => void])[])(
      `sees that store in "${ended}" when it %s`,
      async (_way, stop) => {
        const { victim, other, saw } = await start(setter);
        victim.send({ type, id: 1, credit: 1 });
        expect(await saw(begun)).toBe(mine);
        if (type !== 'wait') await victim.next(({ op }) => op === 'next');
        stop({ victim, other });
        expect(await saw(ended)).toBe(mine);
      },
    );
  });

  it.each(['generate', 'generateLater'])('%s sees that store when it gets credit', async (type) => {
    const { victim, saw, gate } = await start(setter);
    gate.resolve();
    victim.send({ type, id: 1, credit: 2 });
    await victim.next(({ data }) => data === 2);
    victim.send({ op: 'credit', id: 1, n: 1 });
    expect(await saw('third')).toBe(mine);
  });

  it.each(['generate', 'generateLater'])(
    '%s sees that store when what another client pushed has left',
    async (type) => {
      const { victim, other, saw, gate } = await start(setter);
      victim.send({ type, id: 1 });
      await victim.next(({ op }) => op === 'next');
      victim.socket.pause();
      await other.call('act', 'flood');
      gate.resolve();
      // The generator gives its second item, and waits for room.
      await other.call('plain', 'a fence');
      victim.socket.resume();
      expect(await saw('third')).toBe(mine);
    },
  );

  it('a filter sees the store of the call, or none, but not that of who failed the source', async () => {
    const { victim, other, saw } = await start(setter);
    victim.send({ type: 'follow', id: 1 });
    await saw('following');
    await other.call('act', 'fail');
    expect(await saw('filter')).toBe(setter === 'a guard' ? 'mine' : 'none');
  });
});

describe('a call begins without the store of another', () => {
  it('when it was read behind one that a guard gave a store', async () => {
    const { victim, saw } = await start();
    sendTogether(
      victim,
      { type: 'guarded', id: 1, data: { store: 'first' } },
      { type: 'guarded', id: 2 },
      { type: 'plain', id: 3, data: 'together' },
    );
    expect(await saw('together')).toBe('none');
    await victim.call('plain', 'later');
    expect(seen).toEqual([
      'guarded guarded: none',
      'guarded: first',
      'guarded guarded: none',
      'guarded: none',
      'together: none',
      'later: none',
    ]);
  });

  it.each(['guarded', 'plain'])('when "%s" had to wait for a place', async (type) => {
    const { victim, other, saw } = await start('nobody', { maxCallsInFlight: 1 });
    victim.send({ type: 'guarded', id: 1, data: { store: 'first', waits: true } });
    await saw('guarded');
    seen.length = 0;
    victim.send({ type, id: 2, data: 'plain' });
    victim.send({ type: 'plain', id: 3, data: 'last' });
    await other.call('plain', 'a fence');
    other.send({ type: 'act', data: 'let' });
    expect(await saw('last')).toBe('none');
    expect(seen.filter((entry) => !entry.endsWith(': none'))).toEqual([]);
  });

  it('when it had to wait for its turn', async () => {
    const { victim, other, saw } = await start();
    victim.send({ type: 'serial', id: 1, data: { store: 'first', waits: true } });
    await saw('serial');
    seen.length = 0;
    victim.send({ type: 'serial', id: 2 });
    await victim.call('plain', 'a fence');
    await other.call('act', 'let');
    expect(await saw('serial guarded')).toBe('none');
  });

  it('when its client was not read until what another one pushed had left', async () => {
    const { victim, other, saw } = await start();
    victim.socket.pause();
    await other.call('act', 'flood');
    sendTogether(
      victim,
      { type: 'plain', id: 1, data: 'read' },
      { type: 'plain', id: 2, data: 'unread' },
    );
    expect(await saw('read')).toBe('none');
    expect(seen).toHaveLength(1);
    victim.socket.resume();
    expect(await saw('unread')).toBe('none');
  });

  it('when it came before the open hook had finished', async () => {
    const gate = deferred();
    @WsGateway('/')
    @Injectable()
    class Slow implements OnWsOpen {
      async onWsOpen(): Promise<void> {
        storage.enterWith('hook');
        await gate.promise;
        note('opened');
      }
      @WsHandler('plain') plain(@WsPayload() name: string): void {
        note(name);
      }
    }
    seen = [];
    const peer = await connect(await serve({ providers: [Slow] }));
    const early = peer.call('plain', 'early');
    gate.resolve();
    await early;
    await peer.call('plain', 'later');
    expect(seen).toEqual(['opened: hook', 'early: none', 'later: none']);
  });
});

it('a close hook does not see who closed the connection', async () => {
  const { other, victim, saw } = await start();
  await other.call('act', 'close');
  expect(await saw('closed')).toBe('none');
  await victim.closed;
});

it('a recheck does not see what the guards gave another client, or a check before', async () => {
  seen = [];
  const checks = new Map<string, number>();
  const guard: CanActivate = {
    canActivate(context) {
      const { query } = context.switchToHttp().getRequest<{ query: Record<string, string> }>();
      const name = query['name'] ?? '';
      note('checked');
      storage.enterWith(name);
      checks.set(name, (checks.get(name) ?? 0) + 1);
      return true;
    },
  };
  @WsGateway({ path: '/', recheck: { every: 20 } })
  @UseHandshakeGuards(guard)
  @Injectable()
  class Checked {
    @WsHandler('never') never(): Observable<never> {
      return NEVER;
    }
  }
  const url = await serve({ providers: [Checked] });
  await connect(`${url}/?name=first`);
  await connect(`${url}/?name=second`);
  await until(() => Math.min(checks.get('first') ?? 0, checks.get('second') ?? 0) >= 3);
  expect(new Set(seen)).toEqual(new Set(['checked: none']));
});
