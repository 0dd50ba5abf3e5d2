import { promisify } from 'node:util';
import { Body, Controller, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import type { Request } from 'express';
import type { Session } from 'express-session';
import { OriginGuard, WsServer } from 'nestjs-wsgate';
import { Login } from './login.dto.js';

/** An ordinary express-session login. What is not ordinary: logging out ends WebSockets as well. */
@Controller()
@UseGuards(OriginGuard)
export class LoginController {
  constructor(private readonly server: WsServer) {}

  @Post('login')
  @HttpCode(200)
  async login(@Body() { name }: Login, @Req() request: Request): Promise<{ name: string }> {
    // A new id, so that nobody can be made to log in on an id that somebody else knows.
    const { id } = request.session;
    await promisify(request.session.regenerate.bind(request.session))();
    this.endConnections(id);
    request.session.user = { name };
    request.session.basket = [];
    return { name };
  }

  @Post('logout')
  @HttpCode(204)
  async logout(@Req() request: Request): Promise<void> {
    const { id } = request.session;
    await promisify(request.session.destroy.bind(request.session))();
    this.endConnections(id);
  }

  private endConnections(id: string): void {
    this.server.disconnect(({ session }) => (session as Session).id === id, 4401, 'logged out');
  }
}
