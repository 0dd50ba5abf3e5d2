import { Module, UseGuards, UsePipes, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import {
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type WsResponse,
} from '@nestjs/websockets';
import { workload } from '../control.mjs';
import { CallDto } from './call.dto.js';
import { listen } from './listen.js';
import { PassGuard } from './pass.guard.js';

@WebSocketGateway({ path: '/bench' })
class PlainGateway {
  @SubscribeMessage('call')
  call(@MessageBody() data: unknown): WsResponse<unknown> {
    return { event: 'call', data };
  }
}

@WebSocketGateway({ path: '/bench' })
@UseGuards(PassGuard)
@UsePipes(new ValidationPipe({ whitelist: true, transform: true }))
class GuardedGateway {
  @SubscribeMessage('call')
  call(@MessageBody() data: CallDto): WsResponse<CallDto> {
    return { event: 'call', data };
  }
}

@Module({ providers: [workload.guarded ? GuardedGateway : PlainGateway] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error'] });
app.useWebSocketAdapter(new WsAdapter(app));
await listen(app);
