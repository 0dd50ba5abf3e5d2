import { UseGuards, UsePipes, ValidationPipe } from '@nestjs/common';
import {
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type WsResponse,
} from '@nestjs/websockets';
import { workload } from '../control.mjs';
import { CallDto } from './call.dto.js';
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

/** The gateway of the workload, as `@nestjs/websockets` has it: the same on every adapter. */
export const EventGateway = workload.guarded ? GuardedGateway : PlainGateway;
