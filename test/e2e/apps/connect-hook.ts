// An application whose connect hook throws: `connect-hook <theirs|ours> <throw|reject>`.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { WsGateway, WsHandler, WsModule } from 'nestjs-wsgate';

const [, , whose = '', how = ''] = process.argv;

function fail(url: string | undefined): unknown {
  if (url?.includes('fail') !== true) return undefined;
  const error = new Error('the connect hook failed');
  if (how === 'reject') return Promise.reject(error);
  throw error;
}

@WebSocketGateway({ path: '/hook' })
class TheirGateway {
  handleConnection(_client: unknown, request: { readonly url?: string }): unknown {
    return fail(request.url);
  }
  @SubscribeMessage('hello') hello(): unknown {
    return { event: 'hello', data: 'hi' };
  }
}

@WsGateway('/hook')
class OurGateway {
  onWsOpen(connection: { readonly query: Readonly<Record<string, unknown>> }): unknown {
    return fail('fail' in connection.query ? 'fail' : undefined);
  }
  @WsHandler('hello') hello(): string {
    return 'hi';
  }
}

@Module({ providers: [TheirGateway] })
class TheirModule {}

@Module({ imports: [WsModule.forRoot()], providers: [OurGateway] })
class OurModule {}

const isOurs = whose === 'ours';
const app = await NestFactory.create(isOurs ? OurModule : TheirModule, { logger: ['error'] });
if (!isOurs) app.useWebSocketAdapter(new WsAdapter(app));
await app.listen(0, '127.0.0.1');
const { port } = app.getHttpServer().address() as { readonly port: number };
process.stdout.write(`${port}\n`);
