import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import type { Request } from 'express';
import { SessionGuard } from './session.guard.js';

/** The basket over HTTP, guarded by what guards the WebSocket. */
@Controller('basket')
@UseGuards(SessionGuard)
export class BasketController {
  @Get()
  read(@Req() request: Request): readonly string[] {
    return request.session.basket ?? [];
  }
}
