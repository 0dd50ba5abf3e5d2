import {
  All,
  Body,
  ConflictException,
  Controller,
  Header,
  HttpCode,
  Post,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { OriginGuard, WsServer } from 'nestjs-wsgate';
import { Login } from './login.dto.js';
import { readSessionId, SESSION_COOKIE, sessionCookieOptions } from './session-cookie.js';
import type { SessionState } from './session-state.js';
import { isSameName, SessionStore } from './session-store.js';
import type { User } from './user.js';

/** Logging in and out; over HTTP, because only HTTP can set a cookie. */
@Controller()
@UseGuards(OriginGuard)
export class SessionController {
  constructor(
    private readonly sessions: SessionStore,
    private readonly server: WsServer,
  ) {}

  @Post('login')
  @HttpCode(200)
  login(
    @Body() { name }: Login,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): User {
    if (this.isHere(name)) throw new ConflictException('Somebody here is called that already.');
    this.endSession(request);
    response.cookie(SESSION_COOKIE, this.sessions.open(name), sessionCookieOptions(request));
    return { name };
  }

  @Post('logout')
  @HttpCode(204)
  logout(@Req() request: Request, @Res({ passthrough: true }) response: Response): void {
    this.endSession(request);
    response.clearCookie(SESSION_COOKIE, { path: '/' });
  }

  /**
   * Why a WebSocket was refused: a browser tells its page nothing but 1006. The page asks with a
   * POST, as browsers send an Origin with that, and a wrong Origin is answered with 403.
   */
  @All('session')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  session(@Req() request: Request): SessionState {
    const sid = readSessionId(request);
    if (sid === undefined) return { user: null, reason: 'missing' };
    if (sid === false) return { user: null, reason: 'forged' };
    const user = this.sessions.find(sid);
    return user ? { user } : { user: null, reason: 'ended' };
  }

  /** Nobody keeps talking on a session that has ended. */
  private endSession(request: Request): void {
    const sid = readSessionId(request);
    const user = sid ? this.sessions.find(sid) : null;
    if (!sid || !user) return;
    this.sessions.end(sid);
    this.server.disconnect((conn) => nameOf(conn) === user.name, 4401, 'logged out');
  }

  private isHere(name: string): boolean {
    return [...this.server.connections].some((conn) => isSameName(nameOf(conn), name));
  }
}

function nameOf(connection: { readonly user: unknown }): string {
  return (connection.user as User).name;
}
