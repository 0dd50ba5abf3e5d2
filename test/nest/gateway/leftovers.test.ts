import { Injectable, type Type } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway, WebSocketServer } from '@nestjs/websockets';
import { describe, expect, it } from 'vitest';
import { WsGateway, WsgateAdapter, WsHandler } from '../../../lib/index.js';
import { createApp } from '../support/gateway-app.js';

describe('a gateway that moved here from @nestjs/websockets', () => {
  it('must not keep its @SubscribeMessage methods, which nobody would call', async () => {
    @WsGateway('/chat')
    @Injectable()
    class ChatGateway {
      @SubscribeMessage('say') say(): void {}
    }
    await expect(createApp({ providers: [ChatGateway] })).rejects.toThrow(
      "ChatGateway.say has @SubscribeMessage, which a @WsGateway does not read: use @WsHandler('say')",
    );
  });

  it('must not keep its @WebSocketServer, which nobody would fill', async () => {
    class Base {
      @WebSocketServer() io!: unknown;
    }
    @WsGateway('/chat')
    @Injectable()
    class ChatGateway extends Base {}
    await expect(createApp({ providers: [ChatGateway] })).rejects.toThrow(
      'ChatGateway.io has @WebSocketServer, which a @WsGateway does not read: inject WsServer',
    );
  });

  it('is told that its old hooks are never called', async () => {
    @WsGateway('/chat')
    @Injectable()
    class ChatGateway {
      handleConnection(): void {}
      handleDisconnect(): void {}
      afterInit(): void {}
      @WsHandler('say') say(): void {}
    }
    expect(await warningsOf(ChatGateway)).toEqual([
      'ChatGateway.handleConnection is never called: a hook of a @WsGateway is onWsOpen',
      'ChatGateway.handleDisconnect is never called: a hook of a @WsGateway is onWsClose',
      'ChatGateway.afterInit is never called: a hook of a @WsGateway is onModuleInit',
    ]);
  });

  it('is told of hooks that are nearly spelt right', async () => {
    @WsGateway('/chat')
    @Injectable()
    class ChatGateway {
      onWsOpen(): void {}
      onWSClose(): void {}
      onWsConnect(): void {}
      @WsHandler('say') say(): void {}
      @WsHandler('open') onOpen(): void {}
      openRoom(): void {}
    }
    expect(await warningsOf(ChatGateway)).toEqual([
      'ChatGateway.onWSClose is never called: a hook of a @WsGateway is onWsClose',
      'ChatGateway.onWsConnect is never called: a hook of a @WsGateway is onWsOpen',
    ]);
  });

  it('may be of both kinds', async () => {
    @WsGateway('/new')
    @WebSocketGateway({ path: '/old' })
    class ChatGateway {
      @WebSocketServer() server!: unknown;
      handleConnection(): void {}
      @SubscribeMessage('say')
      @WsHandler('say')
      say(): void {}
    }
    const app = await createApp({
      providers: [ChatGateway],
      configure: (nest) => nest.useWebSocketAdapter(new WsgateAdapter(nest)),
    });
    await app.close();
  });
});

async function warningsOf(gateway: Type): Promise<readonly string[]> {
  const lines: string[] = [];
  const logger = {
    log: () => undefined,
    error: () => undefined,
    warn: (line: unknown) => void lines.push(String(line)),
  };
  const app = await createApp({ providers: [gateway], nest: { logger } });
  await app.close();
  return lines;
}
