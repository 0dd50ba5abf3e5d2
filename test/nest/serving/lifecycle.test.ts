import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  type CanActivate,
  Controller,
  Get,
  HttpException,
  Inject,
  Injectable,
  type INestApplication,
  Logger,
  Module,
  type OnModuleDestroy,
  Scope,
  type Type,
  UnauthorizedException,
} from '@nestjs/common';
import { AbstractHttpAdapter } from '@nestjs/core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type OnWsClose,
  type OnWsOpen,
  UseHandshakeGuards,
  type WsClose,
  type WsConnection,
  WsGateway,
  WsHandler,
  WsModule,
  WsServer,
} from '../../../lib/index.js';
import { RawPeer, upgradeRequest } from '../../socket/support/raw-peer.js';
import { deferred } from '../../support/deferred.js';
import { until } from '../../support/until.js';
import { type AppSetup, PLATFORMS, serveApp } from '../support/gateway-app.js';
import { connectPeer, type Refusal, refusedPeer, type WsPeer } from '../support/ws-peer.js';

function failToSay(): never {
  throw new Error('secret');
}

async function serve<T>(
  setup: AppSetup,
  test: (url: string, app: INestApplication) => Promise<T>,
): Promise<T> {
  const { app, url } = await serveApp(setup);
  try {
    return await test(url, app);
  } finally {
    await app.close();
  }
}

beforeAll(() => Logger.overrideLogger(false));

describe('connection hooks', () => {
  const events: string[] = [];
  let opening = deferred();

  @WsGateway('/hooks')
  @Injectable()
  class Hooks implements OnWsOpen, OnWsClose {
    onWsOpen(connection: WsConnection): unknown {
      events.push('open');
      switch (connection.query['open']) {
        case 'throw':
          throw new Error('secret');
        case 'reject':
          return Promise.reject(new Error('secret'));
        case 'unauthorized':
          return Promise.reject(new UnauthorizedException());
        case 'redirect':
          throw new HttpException('log in first', 302);
        case 'throw what another copy of Nest made':
          throw Object.assign(new Error('no'), { getStatus: () => 403 });
        case 'throw what throws when asked':
          throw Object.assign(new Error('no'), { getStatus: failToSay });
        case 'wait':
          return opening.promise.then(() => events.push('opened'));
        case 'never':
          return new Promise(() => undefined);
        default:
          return undefined;
      }
    }
    onWsClose(connection: WsConnection, { code, wasClean }: WsClose): unknown {
      events.push(`close ${code} ${wasClean} ${[...connection.rooms].join()}`);
      if (connection.query['close'] === 'throw') throw new Error('secret');
      return connection.query['close'] === 'reject'
        ? Promise.reject(new Error('secret'))
        : undefined;
    }
    @WsHandler('ping') ping(connection: WsConnection): unknown {
      events.push('message');
      connection.join('lobby');
      return 'pong';
    }
  }

  const setup = { providers: [Hooks], options: { openTimeout: 50 } };

  async function connect(url: string, query: string): Promise<WsPeer> {
    events.length = 0;
    opening = deferred();
    return connectPeer(`${url}/hooks?${query}`);
  }

  it('run before the first message, and after the last', () =>
    serve({ ...setup, options: {} }, async (url) => {
      const peer = await connect(url, 'open=wait');
      const reply = peer.call('ping');
      await new Promise(setImmediate);
      opening.resolve();
      expect(await reply).toMatchObject({ data: 'pong' });
      await peer.close();
      await until(() => events.length === 4);
      expect(events).toEqual(['open', 'opened', 'message', 'close 1005 true lobby']);
    }));

  it.each([
    ['throw', 1011],
    ['reject', 1011],
    ['unauthorized', 4401],
    ['redirect', 4401],
    ['throw what another copy of Nest made', 4403],
    ['throw what throws when asked', 1011],
    ['never', 1011],
  ])('close the connection when onWsOpen does this: %s', (how, code) =>
    serve(setup, async (url) => {
      const peer = await connect(url, `open=${how}`);
      expect(await peer.closed).toEqual({ code, reason: '' });
      expect(await (await connect(url, '')).call('ping')).toMatchObject({ data: 'pong' });
    }),
  );

  it.each(['throw', 'reject'])('harm nobody when onWsClose does this: %s', (how) =>
    serve(setup, async (url) => {
      const other = await connectPeer(`${url}/hooks`);
      const peer = await connect(url, `close=${how}`);
      await peer.close();
      expect(await other.call('ping')).toMatchObject({ data: 'pong' });
    }),
  );

  it('close only what was open: a close hook waits for the open hook', () =>
    serve({ ...setup, options: {} }, async (url, app) => {
      const peer = await connect(url, 'open=wait');
      peer.socket.terminate();
      await until(() => app.get(WsServer).connections.size === 0);
      expect(events).toEqual(['open']);
      opening.resolve();
      await until(() => events.length === 3);
      expect(events).toEqual(['open', 'opened', 'close 1006 false ']);
    }));
});

describe('the hooks of gateways that share a path', () => {
  const events: string[] = [];
  const fail = (connection: WsConnection, where: string): unknown => {
    events.push(where);
    switch (connection.query[where]) {
      case 'throw':
        throw new Error(where);
      case 'reject':
        return Promise.reject(new Error(where));
      default:
        return undefined;
    }
  };

  @WsGateway('/shared')
  @Injectable()
  class One implements OnWsOpen, OnWsClose {
    onWsOpen = (connection: WsConnection): unknown => fail(connection, 'open 1');
    onWsClose = (connection: WsConnection): unknown => fail(connection, 'close 1');
  }
  @WsGateway('/shared')
  @Injectable()
  class Two implements OnWsOpen, OnWsClose {
    onWsOpen = (connection: WsConnection): unknown => fail(connection, 'open 2');
    onWsClose = (connection: WsConnection): unknown => fail(connection, 'close 2');
    @WsHandler('ping') ping(): string {
      return 'pong';
    }
  }
  @WsGateway('/shared')
  @Injectable()
  class Leaving implements OnWsClose {
    onWsClose = (connection: WsConnection): unknown => fail(connection, 'close 3');
  }

  async function run(query: string): Promise<readonly string[]> {
    events.length = 0;
    await serve({ providers: [One, Two, Leaving] }, async (url) => {
      const peer = await connectPeer(`${url}/shared?${query}`);
      if (query.includes('open')) await peer.closed;
      else await peer.call('ping');
    });
    return events;
  }

  it.each(['throw', 'reject'])('stop at one that does this: %s', async (how) => {
    expect(await run(`open 1=${how}`)).toEqual(['open 1', 'close 1']);
    expect(await run(`open 2=${how}`)).toEqual(['open 1', 'open 2', 'close 1', 'close 2']);
  });

  it.each(['throw', 'reject'])('all close, whatever another does: %s', async (how) => {
    const all = ['open 1', 'open 2', 'close 1', 'close 2', 'close 3'];
    expect(await run(`close 1=${how}&close 2=${how}`)).toEqual(all);
  });
});

describe('a scoped gateway that is made too late', () => {
  it('sees its connection neither open nor close', async () => {
    const events: string[] = [];
    const made = deferred();

    @WsGateway({ path: '/scoped', openTimeout: 20 })
    @Injectable({ scope: Scope.REQUEST })
    class Scoped implements OnWsOpen, OnWsClose {
      constructor(@Inject('SLOW') readonly slow: object) {}
      onWsOpen = ({ query }: WsConnection): unknown => events.push(`open ${String(query['n'])}`);
      onWsClose = ({ query }: WsConnection): unknown => events.push(`close ${String(query['n'])}`);
      @WsHandler('ping') ping(): string {
        return 'pong';
      }
    }
    const useFactory = (): Promise<object> => made.promise.then(() => ({}));
    const slow = { provide: 'SLOW', scope: Scope.REQUEST, useFactory };

    await serve({ providers: [Scoped, slow] }, async (url) => {
      const late = await connectPeer(`${url}/scoped?n=1`);
      expect((await late.closed).code).toBe(1011);
      made.resolve();
      const peer = await connectPeer(`${url}/scoped?n=2`);
      expect(await peer.call('ping')).toMatchObject({ data: 'pong' });
    });
    expect(events).toEqual(['open 2', 'close 2']);
  });
});

describe('limits on connections', () => {
  @WsGateway('/any')
  @Injectable()
  class Any {}

  it.each([
    [{ maxConnections: 1 }, 503],
    [{ maxConnectionsPerIp: 1 }, 429],
  ])('hold with %o', (options, status) =>
    serve({ providers: [Any], options }, async (url, app) => {
      const first = await connectPeer(`${url}/any`);
      expect(await refusedPeer(`${url}/any`)).toMatchObject({ status });
      await first.close();
      await until(() => app.get(WsServer).connections.size === 0);
      await (await connectPeer(`${url}/any`)).close();
    }),
  );

  it('count a handshake whose client has gone for as long as its guards run', async () => {
    const asked = deferred();
    const decide = deferred();
    @Injectable()
    class SlowGuard implements CanActivate {
      async canActivate(): Promise<boolean> {
        asked.resolve();
        await decide.promise;
        return true;
      }
    }
    @WsGateway('/slow')
    @UseHandshakeGuards(SlowGuard)
    @Injectable()
    class Slow {}
    const setup = { providers: [Slow, SlowGuard], options: { maxConnectionsPerIp: 1 } };
    const { app, url } = await serveApp(setup);
    const upgraded = once(app.getHttpServer() as Server, 'upgrade') as Promise<[unknown, Socket]>;
    const gone = await RawPeer.connect(Number(new URL(url).port));
    gone.socket.write(upgradeRequest({ path: '/slow' }));
    const [, transport] = await upgraded;
    await asked.promise;
    const closed = new Promise((resolve) => transport.once('close', resolve));
    gone.socket.resetAndDestroy();
    await closed;
    expect(await refusedPeer(`${url}/slow`)).toMatchObject({ status: 429 });
    decide.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    await (await connectPeer(`${url}/slow`)).close();
    await app.close();
  });
});

/** Nest 11 gives a module nothing before the shutdown hooks, and runs those of imported modules in its own order. */
const drainsBeforeHooks = 'beforeClose' in AbstractHttpAdapter.prototype;

describe.each(PLATFORMS)('closing the application on %s', (platform) => {
  it('finishes calls while the services they need are still there', async () => {
    const log: string[] = [];
    const running = deferred();
    const finish = deferred();

    @Injectable()
    class Database implements OnModuleDestroy {
      isOpen = true;
      onModuleDestroy(): void {
        this.isOpen = false;
        log.push('database closed');
      }
    }
    @Module({ providers: [Database], exports: [Database] })
    class DatabaseModule {}

    @WsGateway('/work')
    @Injectable()
    class Work implements OnWsClose {
      constructor(private readonly database: Database) {}
      @WsHandler('slow') async slow(): Promise<unknown> {
        running.resolve();
        await finish.promise;
        return this.database.isOpen;
      }
      async onWsClose(): Promise<void> {
        await new Promise(setImmediate);
        log.push('connection closed');
      }
    }
    @Controller()
    class Health {
      @Get('health') read(): string {
        return 'ok';
      }
    }

    const { app, url } = await serveApp({
      platform,
      imports: [DatabaseModule],
      controllers: [Health],
      providers: [Work],
    });
    const peer = await connectPeer(`${url}/work`);
    const idle = await connectPeer(`${url}/work`);
    const reply = peer.call('slow');
    await running.promise;
    const closed = app.close();
    await peer.next((message) => message['op'] === 'goaway');
    expect(await refusedPeer(`${url}/work`)).toMatchObject({ status: 503 });
    finish.resolve();
    expect(await reply).toMatchObject({ op: 'reply', data: drainsBeforeHooks });
    expect(await peer.closed).toMatchObject({ code: 1001 });
    expect(await idle.closed).toMatchObject({ code: 1001 });
    await closed;
    const connections = ['connection closed', 'connection closed'];
    expect(log).toEqual(
      drainsBeforeHooks ? [...connections, 'database closed'] : ['database closed', ...connections],
    );
  });
});

describe('an upgrade between the last connection and the end of the HTTP server', () => {
  it.each(PLATFORMS)(
    'is refused with 503 on %s, and lets go of its connection',
    async (platform) => {
      let whileClosing: () => Promise<void> = () => Promise.resolve();
      @WsGateway('/work')
      class Work {}
      @Injectable()
      class Straggler implements BeforeApplicationShutdown {
        beforeApplicationShutdown(): Promise<void> {
          return whileClosing();
        }
      }
      const { app, url } = await serveApp({ platform, providers: [Work, Straggler] });
      const seen: Refusal[] = [];
      whileClosing = async () => void seen.push(await refusedPeer(`${url}/work`));
      await app.close();
      expect(seen).toMatchObject([{ status: 503, headers: { connection: 'close' } }]);
      expect(app.getHttpServer().listenerCount('upgrade')).toBe(0);
    },
  );
});

describe('close hooks at shutdown', () => {
  function gatewayWith(closeTimeout: number | undefined, onWsClose: () => unknown): Type {
    @WsGateway({ path: '/leaving', closeTimeout })
    @Injectable()
    class Leaving implements OnWsClose {
      onWsClose = onWsClose;
    }
    return Leaving;
  }

  it('have the closeTimeout of their path, where it is more than the module’s', async () => {
    let isDone = false;
    const leaving = gatewayWith(10_000, async () => {
      await setTimeout(100);
      isDone = true;
    });
    const setup = { providers: [leaving], options: { closeTimeout: 5 } };
    await serve(setup, (url) => connectPeer(`${url}/leaving`));
    expect(isDone).toBe(true);
  });

  it('are not waited for where it is 0', async () => {
    const leaving = gatewayWith(undefined, () => new Promise(() => undefined));
    const setup = { providers: [leaving], options: { closeTimeout: 0 } };
    const peer = await serve(setup, (url) => connectPeer(`${url}/leaving`));
    await peer.closed;
  });
});

describe('closing the application before a client that does not answer', () => {
  it('ends the connection, and waits for its close hook', async () => {
    const log: string[] = [];
    @WsGateway({ path: '/mute', closeTimeout: 50 })
    @Injectable()
    class Mute implements OnWsClose {
      async onWsClose(): Promise<void> {
        await new Promise(setImmediate);
        log.push('hook');
      }
    }
    const { app, url } = await serveApp({ providers: [Mute] });
    const peer = await connectPeer(`${url}/mute`);
    peer.socket.pause();
    await app.close();
    expect(log).toEqual(['hook']);
    peer.socket.terminate();
  });
});

describe('an upgrade to a path nobody serves', () => {
  @WsGateway('/known')
  @Injectable()
  class Known {}

  it.each(['/unknown', '/known/', '/known/x', '/', '/%', '/__proto__', '//known'])(
    'is answered with 404: %s',
    (path) =>
      serve({ providers: [Known] }, async (url) => {
        expect(await refusedPeer(url + path)).toMatchObject({ status: 404 });
      }),
  );
});

describe('the more particular path', () => {
  @WsGateway('/*rest')
  @Injectable()
  class Rest {
    @WsHandler('who') who(connection: WsConnection): unknown {
      return ['rest', connection.params['rest']];
    }
  }
  @WsGateway('/chat/:room')
  @Injectable()
  class Room {
    @WsHandler('who') who(connection: WsConnection): unknown {
      return ['room', connection.params['room']];
    }
  }
  @WsGateway('/chat/lobby')
  @Injectable()
  class Lobby {
    @WsHandler('who') who(): unknown {
      return ['lobby'];
    }
  }

  it.each([
    ['/chat/lobby', ['lobby']],
    ['/chat/a%2Fb', ['room', 'a/b']],
    ['/chat/a/b', ['rest', 'chat/a/b']],
  ])('wins: %s', (path, data) =>
    serve({ providers: [Rest, Room, Lobby] }, async (url) => {
      const peer = await connectPeer(url + path);
      expect(await peer.call('who')).toMatchObject({ data });
      await peer.close();
    }),
  );
});

describe('the module', () => {
  it('takes its options asynchronously, and gives WsServer to every module', async () => {
    @WsGateway()
    @Injectable()
    class Late {
      constructor(private readonly server: WsServer) {}
      @WsHandler('count') count(): unknown {
        return this.server.connections.size;
      }
    }
    @Module({ providers: [Late] })
    class Feature {}
    @Module({ imports: [WsModule.forRootAsync({ useFactory: async () => ({ path: '/late' }) })] })
    class Root {}
    await serve({ imports: [Root, Feature], withoutModule: true }, async (url) => {
      const peer = await connectPeer(`${url}/late`);
      expect(await peer.call('count')).toMatchObject({ data: 1 });
      await peer.close();
    });
  });
});
