import { promisify } from 'node:util';
import type { Session, SessionData } from 'express-session';
import {
  OriginGuard,
  UseHandshakeGuards,
  WsConn,
  WsConnection,
  WsException,
  WsGateway,
  WsHandler,
  WsPayload,
  WsUser,
} from 'nestjs-wsgate';
import { AddToBasket } from './basket.dto.js';
import { SessionGuard } from './session.guard.js';

/** The basket over a WebSocket: the session is the one that HTTP routes see. */
@WsGateway('/basket')
@UseHandshakeGuards(OriginGuard, SessionGuard)
export class BasketGateway {
  @WsHandler('whoami')
  whoami(@WsUser() user: SessionData['user']): SessionData['user'] {
    return user;
  }

  /** One after the other, or two might read the same basket and one of them lose its item. */
  @WsHandler('basket.add', { order: 'serial' })
  async add(
    @WsPayload() { item }: AddToBasket,
    @WsConn() conn: WsConnection,
  ): Promise<readonly string[]> {
    const session = await this.reload(conn);
    session.basket = [...(session.basket ?? []), item];
    await promisify(session.save.bind(session))();
    return session.basket;
  }

  /** The connection may be older than what HTTP has written since, or than the session's end. */
  private async reload(conn: WsConnection): Promise<Session & Partial<SessionData>> {
    const session = conn.session as Session;
    try {
      await promisify(session.reload.bind(session))();
    } catch {
      conn.close(4401, 'session ended');
      throw new WsException('UNAUTHORIZED', 'The session has ended.');
    }
    return session.req.session;
  }
}
