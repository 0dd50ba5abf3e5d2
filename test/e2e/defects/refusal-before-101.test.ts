import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { UseHandshakeGuards, WsGateway, WsHandler } from 'nestjs-wsgate';
import { describe, expect, it } from 'vitest';
import { connectPeer, refusedPeer } from '../../nest/support/ws-peer.js';
import { ours, PLATFORMS, serve, theirs } from '../support/serve.js';

@Injectable()
class NobodyGuard implements CanActivate {
  readonly kinds: string[] = [];
  canActivate(context: ExecutionContext): boolean {
    this.kinds.push(context.getType());
    throw new UnauthorizedException('no ticket');
  }
}

@WebSocketGateway({ path: '/door' })
@UseGuards(NobodyGuard)
class TheirGateway {
  @SubscribeMessage('hello') hello(): unknown {
    return { event: 'hello', data: 'come in' };
  }
}

@WsGateway('/door')
@UseHandshakeGuards(NobodyGuard)
class OurGateway {
  @WsHandler('hello') hello(): string {
    return 'come in';
  }
}

describe.each(PLATFORMS)('refusing a connection before the 101, on %s', (platform) => {
  it('platform-ws: with every guard there is, the connection opens', async () => {
    const guard = new NobodyGuard();
    const setup = {
      platform,
      providers: [TheirGateway],
      configure: (app: { useGlobalGuards(guard: CanActivate): unknown }) =>
        app.useGlobalGuards(guard),
    };
    await serve(theirs(setup), async ({ url }) => {
      const peer = await connectPeer(`${url}/door`);
      expect(peer.socket.readyState).toBe(1);
      expect(guard.kinds).toEqual([]);
      await peer.close();
    });
  });

  it('wsgate: the guard of the gateway is asked before the 101', () =>
    serve(ours({ platform, providers: [OurGateway] }), async ({ url }) => {
      const refusal = await refusedPeer(`${url}/door`);
      expect(refusal).toMatchObject({ status: 401 });
      expect(JSON.parse(refusal.body)).toMatchObject({ message: 'no ticket' });
    }));

  it('wsgate: so is a global guard', async () => {
    const guard = new NobodyGuard();
    @WsGateway('/door')
    class Open {}
    const setup = {
      platform,
      providers: [Open],
      configure: (app: { useGlobalGuards(guard: CanActivate): unknown }) =>
        app.useGlobalGuards(guard),
    };
    await serve(ours(setup), async ({ url }) => {
      expect(await refusedPeer(`${url}/door`)).toMatchObject({ status: 401 });
      expect(guard.kinds).toEqual(['http']);
    });
  });
});
