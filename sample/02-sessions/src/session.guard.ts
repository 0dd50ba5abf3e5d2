import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import type { Request, RequestHandler, Response } from 'express';
import { SESSION_MIDDLEWARE } from './session-middleware.js';

/**
 * Lets in who is logged in; on HTTP routes and, before the 101, at a handshake. Express runs no
 * middleware on upgrades, so this guard does; on an HTTP route it has run, and does nothing again.
 */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(@Inject(SESSION_MIDDLEWARE) private readonly middleware: RequestHandler) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request & { user?: unknown }>();
    await this.readSession(request, http.getResponse<Response>());
    if (request.session.user === undefined) throw new UnauthorizedException();
    // With a handshake this becomes the connection's user, and request.session its session.
    request.user = request.session.user;
    return true;
  }

  private readSession(request: Request, response: Response): Promise<void> {
    return new Promise((resolve, reject) => {
      const next = (error?: unknown): void => {
        if (error === undefined) resolve();
        else reject(error instanceof Error ? error : new Error('The session cannot be read'));
      };
      void this.middleware(request, response, next);
    });
  }
}
