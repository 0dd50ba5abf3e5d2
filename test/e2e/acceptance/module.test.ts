import { once } from 'node:events';
import { Injectable, Module } from '@nestjs/common';
import { Packr } from 'msgpackr';
import {
  AllowOrigins,
  type ServerMessage,
  type WsCodec,
  WsGateway,
  WsHandler,
  WsModule,
  type WsModuleOptions,
  WsParam,
  WsPayload,
} from 'nestjs-wsgate';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { connectPeer, refusedPeer } from '../../nest/support/ws-peer.js';
import { deferred } from '../../support/deferred.js';
import { ours, PLATFORMS, serve, start } from '../support/serve.js';

const PAGE = 'https://app.example.com';

@WsGateway('/hello')
class Hello {
  @WsHandler('hello') hello(): string {
    return 'hi';
  }
}

describe('forRootAsync', () => {
  @Injectable()
  class Config {
    readonly origin = [PAGE];
  }
  @Module({ providers: [Config], exports: [Config] })
  class ConfigModule {}
  @Injectable()
  class Factory {
    create(): WsModuleOptions {
      return { origin: [PAGE] };
    }
  }

  it.each([
    [
      'useFactory',
      WsModule.forRootAsync({
        imports: [ConfigModule],
        inject: [Config],
        useFactory: async (config: Config) => ({ origin: config.origin }),
      }),
    ],
    ['useClass', WsModule.forRootAsync({ useClass: Factory })],
  ])('takes its options from %s', (_how, wsModule) =>
    serve({ imports: [wsModule], providers: [Hello] }, async ({ url }) => {
      const peer = await connectPeer(`${url}/hello`, { origin: PAGE });
      expect(await peer.call('hello')).toMatchObject({ data: 'hi' });
      const refused = refusedPeer(`${url}/hello`, { origin: 'https://evil.example' });
      expect(await refused).toMatchObject({ status: 403 });
    }),
  );
});

describe.each(PLATFORMS)('paths, on %s', (platform) => {
  @WsGateway('/files/*path')
  class Files {
    @WsHandler('read') read(@WsParam('path') path: string): string {
      return path;
    }
  }
  @WsGateway('/files/:name/meta')
  class Meta {
    @WsHandler('read') read(@WsParam('name') name: string): string {
      return `meta of ${name}`;
    }
  }
  @WsGateway('/files/readme')
  class Readme {
    @WsHandler('read') read(): string {
      return 'the readme';
    }
  }
  const setup = ours({ platform, providers: [Files, Meta, Readme] });

  it.each([
    ['/files/a', 'a'],
    ['/files/a/b/c', 'a/b/c'],
    ['/files/a/meta', 'meta of a'],
    ['/files/readme', 'the readme'],
    ['/files/readme?page=1', 'the readme'],
  ])('%s is served by the one that says most about it', (path, expected) =>
    serve(setup, async ({ url }) => {
      const peer = await connectPeer(url + path);
      expect(await peer.call('read')).toMatchObject({ data: expected });
    }),
  );

  it.each(['/', '/files', '/file/a', '/files/%zz', '/FILES/a'])('%s is a 404', (path) =>
    serve(setup, async ({ url }) => {
      expect(await refusedPeer(url + path)).toMatchObject({ status: 404 });
    }),
  );

  it('the module’s path is the default for gateways', async () => {
    @WsGateway()
    class Pathless {
      @WsHandler('hello') hello(): string {
        return 'hi';
      }
    }
    const elsewhere = ours({ platform, providers: [Pathless] }, { path: '/socket' });
    await serve(elsewhere, async ({ url }) => {
      const peer = await connectPeer(`${url}/socket`);
      expect(await peer.call('hello')).toMatchObject({ data: 'hi' });
    });
  });
});

describe('per-gateway overrides', () => {
  it('of origins: @AllowOrigins and the option, each for its own path', async () => {
    @WsGateway('/decorated')
    @AllowOrigins(PAGE)
    class Decorated {}
    @WsGateway({ path: '/optioned', origin: [PAGE] })
    class Optioned {}
    @WsGateway({ path: '/strict', allowMissingOrigin: false })
    class Strict {}
    const setup = ours({ providers: [Decorated, Optioned, Strict, Hello] });
    await serve(setup, async ({ url }) => {
      await (await connectPeer(`${url}/decorated`, { origin: PAGE })).close();
      await (await connectPeer(`${url}/optioned`, { origin: PAGE })).close();
      const status = 403;
      expect(await refusedPeer(`${url}/hello`, { origin: PAGE })).toMatchObject({ status });
      expect(await refusedPeer(`${url}/strict`)).toMatchObject({ status });
      await (await connectPeer(`${url}/hello`)).close();
    });
  });

  it('of the message size', async () => {
    @WsGateway({ path: '/small', maxPayload: 100 })
    class Small {}
    await serve(ours({ providers: [Small, Hello] }), async ({ url }) => {
      const [small, hello] = [await connectPeer(`${url}/small`), await connectPeer(`${url}/hello`)];
      small.send({ type: 'x', data: 'y'.repeat(100) });
      expect(await small.closed).toMatchObject({ code: 1009 });
      expect(await hello.call('hello', 'y'.repeat(100))).toMatchObject({ data: 'hi' });
      hello.send({ type: 'hello', data: 'y'.repeat(1024 * 1024) });
      expect(await hello.closed).toMatchObject({ code: 1009 });
    });
  });

  it('of a handler’s deadline', async () => {
    @WsGateway({ path: '/slow', timeout: 20 })
    class Slow {
      @WsHandler('never') never(): Promise<never> {
        return new Promise(() => undefined);
      }
    }
    // What timed out never settles: the end would wait for it for as long as it may.
    await serve(ours({ providers: [Slow] }, { drainTimeout: 100 }), async ({ url }) => {
      const peer = await connectPeer(`${url}/slow`);
      expect(await peer.call('never')).toMatchObject({ error: { code: 'TIMEOUT', status: 504 } });
    });
  });

  it('of compression', async () => {
    @WsGateway({ path: '/deflated', perMessageDeflate: true })
    class Deflated {
      @WsHandler('echo') echo(@WsPayload() data: unknown): unknown {
        return data;
      }
    }
    await serve(ours({ providers: [Deflated, Hello] }), async ({ url }) => {
      const [deflated, plain] = [
        await connectPeer(`${url}/deflated`),
        await connectPeer(`${url}/hello`),
      ];
      expect(deflated.socket.extensions).toContain('permessage-deflate');
      expect(plain.socket.extensions).toBe('');
      const text = 'text '.repeat(1_000);
      expect(await deflated.call('echo', text)).toMatchObject({ data: text });
    });
  });
});

describe('order', () => {
  @WsGateway('/order')
  class Order {
    static gate = deferred();
    @WsHandler('concurrent') concurrent(@WsPayload() waits: boolean): Promise<unknown> {
      return this.run('concurrent', waits);
    }
    @WsHandler('serial', { order: 'serial' }) serial(
      @WsPayload() waits: boolean,
    ): Promise<unknown> {
      return this.run('serial', waits);
    }
    private async run(what: string, waits: boolean): Promise<unknown> {
      if (waits) await Order.gate.promise;
      return `${what} ${waits}`;
    }
  }

  it.each([
    ['concurrent', ['concurrent false', 'concurrent true']],
    ['serial', ['serial true', 'serial false']],
  ])('%s', async (type, expected) => {
    Order.gate = deferred();
    await serve(ours({ providers: [Order] }), async ({ url }) => {
      const peer = await connectPeer(`${url}/order`);
      peer.send({ type, id: 1, data: true });
      peer.send({ type, id: 2, data: false });
      peer.send({ op: 'ping' });
      await peer.next(({ op }) => op === 'pong');
      Order.gate.resolve();
      await peer.next(() => peer.messages.length === 3);
      const replies = peer.messages.filter(({ op }) => op === 'reply');
      expect(replies.map(({ data }) => data)).toEqual(expected);
    });
  });
});

describe('codecs', () => {
  it('MessagePack, where the client asks for it', async () => {
    @WsGateway('/bytes')
    class Bytes {
      @WsHandler('reverse') reverse(@WsPayload() bytes: Uint8Array): Uint8Array {
        return Uint8Array.from(bytes).reverse();
      }
    }
    await serve(ours({ providers: [Bytes] }), async ({ url }) => {
      const packr = new Packr({ useRecords: false });
      const socket = new WebSocket(`${url}/bytes`, ['wsgate.v1.msgpack']);
      await once(socket, 'open');
      expect(socket.protocol).toBe('wsgate.v1.msgpack');
      socket.send(packr.pack({ type: 'reverse', id: 1, data: Buffer.from([1, 2, 3]) }));
      const [data, isBinary] = (await once(socket, 'message')) as [Buffer, boolean];
      expect(isBinary).toBe(true);
      expect(packr.unpack(data)).toEqual({ op: 'reply', id: 1, data: Buffer.from([3, 2, 1]) });
      socket.terminate();
    });
  });

  it('JSON under its name, and without one', () =>
    serve(ours({ providers: [Hello] }), async ({ url }) => {
      const socket = new WebSocket(`${url}/hello`, ['other', 'wsgate.v1']);
      await once(socket, 'open');
      expect(socket.protocol).toBe('wsgate.v1');
      socket.terminate();
    }));

  it('one of the application’s own', async () => {
    const envelope: WsCodec = {
      decode: (data) => {
        const { event, data: payload, id } = JSON.parse(String(data)) as Record<string, unknown>;
        return { type: event, data: payload, id };
      },
      encode: (message: ServerMessage) =>
        JSON.stringify('op' in message && message.op === 'reply' ? { event: 'r', ...message } : {}),
    };
    @WsGateway({ path: '/old', codec: envelope })
    class Old {
      @WsHandler('hello') hello(@WsPayload() name: string): string {
        return `hi ${name}`;
      }
    }
    await serve(ours({ providers: [Old] }), async ({ url }) => {
      const peer = await connectPeer(`${url}/old`);
      peer.send({ event: 'hello', data: 'Ada', id: 1 });
      expect(await peer.next(() => true)).toEqual({
        event: 'r',
        op: 'reply',
        id: 1,
        data: 'hi Ada',
      });
    });
  });
});

describe('mistakes are told at boot, naming both places', () => {
  @WsGateway('/hello')
  class Again {
    @WsHandler('hello') hello(): void {}
  }
  @WsGateway('/rooms/:room')
  class Rooms {}
  @WsGateway('/rooms/:id')
  class Ids {}
  @Injectable()
  class Service {
    @WsHandler('lost') lost(): void {}
  }

  it.each([
    ['a type twice on a path', [Hello, Again], /Hello\.hello[^]*Again\.hello/],
    ['two paths for the same URLs', [Rooms, Ids], /Ids[^]*Rooms/],
    ['a handler nobody can reach', [Service], /Service\.lost/],
  ])('%s', async (_what, providers, message) => {
    await expect(start(ours({ providers }))).rejects.toThrow(message);
  });
});
