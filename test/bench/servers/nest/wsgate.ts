import { Module, type Type, UseGuards, UsePipes, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type OnWsOpen,
  WsConn,
  WsConnection,
  WsGateway,
  WsHandler,
  WsModule,
  WsPayload,
  WsServer,
} from 'nestjs-wsgate';
import { workload } from '../control.mjs';
import { CallDto } from './call.dto.js';
import { listen } from './listen.js';
import { PassGuard } from './pass.guard.js';

@WsGateway('/bench')
class PlainGateway {
  @WsHandler('call')
  call(@WsPayload() data: unknown): unknown {
    return data;
  }
}

@WsGateway('/bench')
@UseGuards(PassGuard)
@UsePipes(new ValidationPipe({ whitelist: true, transform: true }))
class GuardedGateway {
  @WsHandler('call')
  call(@WsPayload() data: CallDto): CallDto {
    return data;
  }
}

@WsGateway('/rooms/:room')
class RoomsGateway implements OnWsOpen {
  constructor(private readonly server: WsServer) {}

  onWsOpen(conn: WsConnection): void {
    conn.join(conn.params['room']);
  }

  @WsHandler('say')
  say(@WsPayload() data: unknown, @WsConn() conn: WsConnection): void {
    this.server.to(conn.params['room']).send('said', data);
  }
}

/** Handlers that are never called: what is measured is that they are there. */
function addHandlers(gateway: Type, count: number): void {
  for (let index = 0; index < count; index++) {
    const name = `idle${index}`;
    const descriptor = { value: () => undefined, configurable: true, writable: true };
    Object.defineProperty(gateway.prototype, name, descriptor);
    WsHandler(`idle.${index}`)(gateway.prototype, name, descriptor);
  }
}

/** A gateway on a path of its own that nobody connects to. */
function createIdleGateway(index: number): Type {
  class IdleGateway {}
  addHandlers(IdleGateway, 1);
  WsGateway(`/idle-${index}/:room`)(IdleGateway);
  return IdleGateway;
}

const { handlers = 0, gateways = 0 } = workload;
const gateway = workload.guarded ? GuardedGateway : PlainGateway;
addHandlers(gateway, handlers);
const idle = Array.from({ length: gateways }, (_, index) => createIdleGateway(index));

@Module({ imports: [WsModule.forRoot()], providers: [...idle, gateway, RoomsGateway] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error'] });
await listen(app);
