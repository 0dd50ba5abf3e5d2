import type { AddressInfo } from 'node:net';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsGateway, WsHandler, WsModule, WsServer } from 'nestjs-wsgate';
import { describe, expect, it } from 'vitest';
import { connectPeer, refusedPeer } from '../../nest/support/ws-peer.js';
import { makeCertificate } from '../../socket/support/certificate.js';
import { ours, PLATFORMS, serve } from '../support/serve.js';

/** A feature of its own: it imports nothing of the package but decorators. */
@Injectable()
class Greeter {
  constructor(readonly server: WsServer) {}
  greet(name: string): string {
    this.server.broadcast('greeted', name);
    return `hi ${name}`;
  }
}

@WsGateway('/greet/:name')
class GreetGateway {
  constructor(private readonly greeter: Greeter) {}
  @WsHandler('greet') greet(connection: { readonly params: Record<string, string> }): string {
    return this.greeter.greet(connection.params['name']);
  }
}

@Module({ providers: [GreetGateway, Greeter] })
class GreetModule {}

describe.each(PLATFORMS)('wiring, on %s', (platform) => {
  it('WsModule is global: features need not import it', () =>
    serve(ours({ platform, imports: [GreetModule] }), async ({ url }) => {
      const peer = await connectPeer(`${url}/greet/Ada`);
      expect(await peer.call('greet')).toMatchObject({ data: 'hi Ada' });
      expect(peer.messages).toContainEqual({ type: 'greeted', data: 'Ada' });
    }));

  it('two applications in one process know nothing of each other', () =>
    serve(ours({ platform, imports: [GreetModule] }), (one) =>
      serve(ours({ platform, imports: [GreetModule] }), async (two) => {
        const peer = await connectPeer(`${one.url}/greet/Ada`);
        const other = await connectPeer(`${two.url}/greet/Grace`);
        expect(await peer.call('greet')).toMatchObject({ data: 'hi Ada' });
        expect(await other.call('greet')).toMatchObject({ data: 'hi Grace' });
        expect(other.messages).not.toContainEqual({ type: 'greeted', data: 'Ada' });
        expect(two.app.get(WsServer).connections.size).toBe(1);
      }),
    ));
});

describe('behind TLS', () => {
  it('the own origin is the one with https', async () => {
    @Module({ imports: [WsModule.forRoot(), GreetModule] })
    class AppModule {}
    const app = await NestFactory.create(AppModule, {
      logger: false,
      httpsOptions: { ...makeCertificate() },
    });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const url = `wss://127.0.0.1:${port}/greet/Ada`;
    const tls = { rejectUnauthorized: false };
    const peer = await connectPeer(url, { ...tls, origin: `https://127.0.0.1:${port}` });
    expect(await peer.call('greet')).toMatchObject({ data: 'hi Ada' });
    const plain = { ...tls, origin: `http://127.0.0.1:${port}` };
    expect(await refusedPeer(url, plain)).toMatchObject({ status: 403 });
    await app.close();
    expect(await peer.closed).toMatchObject({ code: 1001 });
  });
});
