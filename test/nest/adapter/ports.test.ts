import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Injectable, Module, type OnModuleDestroy } from '@nestjs/common';
import {
  ConnectedSocket,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  WsException as NestWsException,
} from '@nestjs/websockets';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  WsException,
  WsgateAdapter,
  WsGateway,
  type WsgateServerOptions,
  WsHandler,
  WsModule,
} from '../../../lib/index.js';
import { WebSocket, WebSocketServer as Server } from '../../../lib/server/index.js';
import { findStreamBindings } from '../../../lib/socket/transport/tcp-internals.js';
import { deferred } from '../../support/deferred.js';
import { connectPeer, WsPeer } from '../support/ws-peer.js';
import { type AdaptedApp, serveAdapted } from './support/adapted-app.js';
import { connectEvents, openPeer } from './support/event-peer.js';
import { findFreePort } from '../../support/free-port.js';
import { Journal } from './support/journal.js';

let adapted: AdaptedApp | undefined;

async function serve(
  ...providers: readonly (new (...args: never[]) => unknown)[]
): Promise<string> {
  adapted = await serveAdapted({ providers: [...providers] });
  return adapted.url;
}

afterEach(async () => {
  await adapted?.app.close();
  adapted = undefined;
});

/** A gateway that answers with its name. */
function createNamed(name: string, port: number, options: object): new () => object {
  @WebSocketGateway(port, options)
  class NamedGateway {
    @SubscribeMessage('name')
    name(): string {
      return name;
    }
  }
  return NamedGateway;
}

async function askName(url: string): Promise<unknown> {
  const peer = await connectEvents(url);
  peer.say({ event: 'name' });
  return peer.next();
}

describe('gateways with a port of their own', () => {
  it('carry several paths, and one that is every other', async () => {
    const port = await findFreePort();
    const host = '127.0.0.1';
    await serve(
      createNamed('any', port, { host }),
      createNamed('one', port, { host, path: '/one' }),
      createNamed('rooms', port, { host, path: '/rooms/:room' }),
    );
    const url = `ws://127.0.0.1:${port}`;
    expect(await askName(`${url}/one`)).toBe('one');
    expect(await askName(`${url}/rooms/a`)).toBe('rooms');
    expect(await askName(`${url}/any/other`)).toBe('any');
  });

  it('answer plain HTTP, and close at shutdown', async () => {
    const port = await findFreePort();
    await serve(createNamed('own', port, { host: '127.0.0.1', path: '/own' }));
    const url = `ws://127.0.0.1:${port}`;
    expect((await fetch(url.replace('ws:', 'http:'))).status).toBe(426);
    expect(await openPeer(url)).toBe(404);
    const peer = await connectEvents(`${url}/own`);
    // Has asked for nothing yet: a server that only stops listening waits for it.
    const idle = connect(port, '127.0.0.1').resume();
    await once(idle, 'connect');
    const idleClosed = once(idle, 'close');
    await adapted?.app.close();
    adapted = undefined;
    expect(await peer.closed()).toBe(1001);
    await idleClosed;
    expect(await openPeer(`${url}/own`)).toBe(0);
  });
});

describe('paths', () => {
  it('may have parameters, and the more telling one wins', async () => {
    @WebSocketGateway({ path: '/rooms/:room' })
    class RoomGateway {
      handleConnection(client: WebSocket, request: IncomingMessage & { params: object }): void {
        client.send(JSON.stringify(request.params));
      }
    }
    const url = await serve(RoomGateway, createNamed('lobby', 0, { path: 'rooms/lobby/' }));
    const peer = await connectEvents(`${url}/rooms/a%20b`);
    expect(await peer.next()).toEqual({ room: 'a b' });
    expect(await askName(`${url}/rooms/lobby`)).toBe('lobby');
  });

  it('win by what they say, not by the order they are declared in', async () => {
    const url = await serve(
      createNamed('rest of a', 0, { path: '/a/*rest' }),
      createNamed('one of a', 0, { path: '/a/:one' }),
      createNamed('one of b', 0, { path: '/b/:one' }),
      createNamed('rest of b', 0, { path: '/b/*rest' }),
    );
    expect(await askName(`${url}/a/x`)).toBe('one of a');
    expect(await askName(`${url}/b/x`)).toBe('one of b');
    expect(await askName(`${url}/b/x/y`)).toBe('rest of b');
  });

  it('may be spelled with and without the slash', async () => {
    const url = await serve(
      createNamed('one', 0, { path: 'same' }),
      createNamed('two', 0, { path: '/same' }),
    );
    const peer = await connectEvents(`${url}/same`);
    peer.say({ event: 'name' });
    expect((await peer.hear(2)).sort()).toEqual(['"one"', '"two"']);
  });

  it('are refused at start where they are malformed', async () => {
    const gateway = createNamed('any', 0, { path: '/files/*' });
    await expect(serve(gateway)).rejects.toThrow('path "/files/*": Missing parameter name');
  });

  it('of a namespace do not exist', () => {
    const adapter = new WsgateAdapter();
    expect(() => adapter.create(1, { namespace: 'chat' })).toThrow("namespace: 'chat' given");
  });
});

describe('what gateways are given', () => {
  it('is the server door’s WebSocketServer and WebSocket', async () => {
    @WebSocketGateway()
    class TypedGateway {
      @WebSocketServer()
      server!: Server;

      @SubscribeMessage('types')
      types(@ConnectedSocket() client: WebSocket): boolean[] {
        return [this.server instanceof Server, client instanceof WebSocket];
      }
    }
    const peer = await connectEvents(await serve(TypedGateway));
    peer.say({ event: 'types' });
    expect(await peer.next()).toEqual([true, true]);
  });

  it.each([
    [true, findStreamBindings() !== undefined],
    [false, false],
  ])(
    'is read by the fast lane where fastLane is %s and Node allows it',
    async (fastLane, isFast) => {
      const read = deferred<unknown>();
      const readerOf = (socket: Socket): unknown =>
        (socket as unknown as { readonly _handle: { readonly onread: unknown } })._handle.onread;
      @WebSocketGateway()
      class ReadGateway {
        handleConnection(_client: unknown, { socket }: IncomingMessage): void {
          read.resolve(readerOf(socket));
        }
      }
      adapted = await serveAdapted({ providers: [ReadGateway], options: { fastLane } });
      const { socket } = await connectEvents(adapted.url);
      const { _socket: tcp } = socket as unknown as { readonly _socket: Socket };
      // The client's is an ordinary one of Node's, which all have in common.
      expect((await read.promise) !== readerOf(tcp)).toBe(isFast);
    },
  );

  it('is a connection whose transport nobody but the engine listens to', async () => {
    const journal = new Journal();
    const noteListeners = (_client: unknown, { socket }: IncomingMessage): void =>
      journal.note(`${socket.listenerCount('error')} listen for errors`);
    @WebSocketGateway()
    class CountingGateway {
      handleConnection(client: unknown, request: IncomingMessage): void {
        noteListeners(client, request);
      }
    }
    await connectEvents(await serve(CountingGateway));
    const engine = new Server({ port: 0, host: '127.0.0.1' });
    onTestFinished(() => engine.shutdown());
    engine.on('connection', noteListeners);
    await once(engine, 'listening');
    await connectEvents(`ws://127.0.0.1:${(engine.address() as AddressInfo).port}`);
    const [inGateway, inEngine] = await journal.read(2);
    expect(inGateway).toBe(inEngine);
  });
});

describe('both kinds of gateway in one application', () => {
  @WsGateway('/new')
  class NewGateway {
    @WsHandler('name')
    name(): string {
      return 'new';
    }

    @WsHandler('refuse')
    refuse(): never {
      throw new NestWsException('no');
    }
  }

  it('share its port', async () => {
    @Module({ imports: [WsModule.forRoot()], providers: [NewGateway] })
    class NewModule {}
    adapted = await serveAdapted({
      imports: [NewModule],
      providers: [createNamed('old', 0, { path: '/old' })],
    });
    const peer = await connectPeer(`${adapted.url}/new`);
    expect(await peer.call('name')).toMatchObject({ op: 'reply', data: 'new' });
    expect(await askName(`${adapted.url}/old`)).toBe('old');
    expect(await openPeer(`${adapted.url}/neither`)).toBe(404);
    await adapted.app.close();
    adapted = undefined;
    expect((await peer.closed).code).toBe(1001);
  });

  it('do not know each other’s WsException; wsgate.v1 knows that of this package everywhere', async () => {
    @WebSocketGateway({ path: '/old' })
    class OldGateway {
      @SubscribeMessage('refuse')
      refuse(): never {
        throw new WsException('REFUSED', 'no');
      }
    }
    @Module({ imports: [WsModule.forRoot()], providers: [NewGateway] })
    class NewModule {}
    adapted = await serveAdapted({ imports: [NewModule], providers: [OldGateway] });
    const peer = await connectPeer(`${adapted.url}/new`);
    const internal = { message: 'Internal server error' };
    const error = { code: 'INTERNAL', ...internal };
    expect(await peer.call('refuse')).toMatchObject({ op: 'error', error });
    const old = await connectEvents(`${adapted.url}/old`);
    old.say({ event: 'refuse' });
    expect(await old.next()).toMatchObject({ event: 'exception', data: internal });
    const { socket } = await connectEvents(`${adapted.url}/old`, { protocols: ['wsgate.v1'] });
    expect(await new WsPeer(socket).call('refuse')).toMatchObject({
      op: 'error',
      error: { code: 'REFUSED', message: 'no' },
    });
  });

  it('cannot have one path, where one would never be asked', async () => {
    @Module({ imports: [WsModule.forRoot()], providers: [NewGateway] })
    class NewModule {}
    const starting = serveAdapted({
      imports: [NewModule],
      providers: [createNamed('old', 0, { path: '/new' })],
    });
    await expect(starting).rejects.toThrow(/@WsGateway\('\/new'\): a @WebSocketGateway or/);
  });
});

describe('shutdown', () => {
  it('comes before what gateways work with is destroyed, where Nest lets it', async () => {
    const journal = new Journal();
    @Injectable()
    class Database implements OnModuleDestroy {
      onModuleDestroy(): void {
        journal.note('database gone');
      }
    }
    @WebSocketGateway()
    class SavingGateway {
      handleDisconnect(): void {
        journal.note('saved');
      }
    }
    const peer = await connectEvents(await serve(Database, SavingGateway));
    const hasBeforeClose =
      'beforeClose' in Object.getPrototypeOf(Object.getPrototypeOf(adapted?.app.getHttpAdapter()));
    await adapted?.app.close();
    adapted = undefined;
    expect(await peer.closed()).toBe(1001);
    const lines = await journal.read(2);
    expect(lines).toEqual(hasBeforeClose ? ['saved', 'database gone'] : ['database gone', 'saved']);
  });

  it('refuses whom verifyClient lets in only now', async () => {
    const journal = new Journal();
    const verifying = deferred<(isAllowed: boolean) => void>();
    const holding = deferred();
    @WebSocketGateway({
      verifyClient: ({ req }, answer) => {
        if (req.url?.endsWith('late')) verifying.resolve(answer);
        else answer(true);
      },
    } satisfies WsgateServerOptions)
    class VerifiedGateway {
      handleConnection(): void {
        journal.note('connected');
      }

      @SubscribeMessage('hold')
      async hold(): Promise<void> {
        journal.note('holding');
        await holding.promise;
      }
    }
    const url = await serve(VerifiedGateway);
    const { socket } = await connectEvents(url, { protocols: ['wsgate.v1'] });
    const peer = new WsPeer(socket);
    const held = peer.call('hold');
    const late = openPeer(`${url}/?late`);
    const answer = await verifying.promise;
    const closed = adapted?.app.close();
    adapted = undefined;
    await peer.next(({ op }) => op === 'goaway');
    answer(true);
    expect(await late).toBe(503);
    holding.resolve();
    expect(await held).toMatchObject({ op: 'reply' });
    await closed;
    journal.note('closed');
    expect(await journal.read(3)).toEqual(['connected', 'holding', 'closed']);
  });
});
