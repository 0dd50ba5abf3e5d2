import { Module, UseGuards, UsePipes, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsGateway, WsHandler, WsModule, WsPayload } from 'nestjs-wsgate';
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

@Module({
  imports: [WsModule.forRoot()],
  providers: [workload.guarded ? GuardedGateway : PlainGateway],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error'] });
await listen(app);
