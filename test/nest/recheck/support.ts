import { type CanActivate, type ExecutionContext, Injectable, type Type } from '@nestjs/common';
import { Subject } from 'rxjs';
import {
  CookieGuard,
  type OnWsClose,
  type RecheckOptions,
  UseHandshakeGuards,
  type WsClose,
  type WsConnection,
  WsGateway,
  WsHandler,
  WsSignal,
  WsUser,
} from '../../../lib/index.js';
import { deferred } from '../../support/deferred.js';
import { type AppSetup, serveApp } from '../support/gateway-app.js';
import { connectPeer, type WsPeer } from '../support/ws-peer.js';

/** A user as a session store has one. */
export interface TestUser {
  readonly id: string;
  readonly roles?: readonly string[];
}

/** Sessions in memory, whose every look-up can be seen and made to wait. */
export class Sessions {
  readonly users = new Map<string, TestUser>();
  /** The session ids that were looked up. */
  readonly lookups: string[] = [];
  /** What a look-up waits for before it looks. */
  wait: Promise<unknown> | undefined = undefined;

  async find(sid: string): Promise<TestUser | undefined> {
    this.lookups.push(sid);
    await this.wait;
    return this.users.get(sid);
  }
}

/** A guard as an instance: what it does is said by a function. */
export function guard(canActivate: (context: ExecutionContext) => unknown): CanActivate {
  return { canActivate: canActivate as CanActivate['canActivate'] };
}

/** Asks these sessions whose the cookie `sid` is. */
export function sessionGuard(sessions: Sessions): CanActivate {
  class SessionGuard extends CookieGuard<TestUser> {
    authenticate(sid: string): Promise<TestUser | undefined> {
      return sessions.find(sid);
    }
  }
  return new SessionGuard({ cookie: 'sid' });
}

/** What a gateway of these tests has seen. */
export class Journal {
  readonly handled: unknown[] = [];
  readonly closes: WsClose[] = [];
  /** Resolves with the first of them. */
  readonly closed = deferred();
  /** Handlers that wait begin, */
  readonly begun = deferred();
  /** and end with this. */
  readonly gate = deferred();
  /** Resolves when a handler's signal fired. */
  readonly aborted = deferred();
  /** The items of the stream `watch`. */
  readonly items = new Subject<unknown>();
}

/** A gateway on `/bank` that is checked again as these options say. */
export function bankWith(
  recheck: RecheckOptions | undefined,
  journal: Journal,
  ...guards: readonly (Type<CanActivate> | CanActivate)[]
): Type {
  @WsGateway({ path: '/bank', ...(recheck && { recheck }) })
  @UseHandshakeGuards(...guards)
  @Injectable()
  class Bank implements OnWsClose {
    onWsClose(_connection: WsConnection, close: WsClose): void {
      journal.closes.push(close);
      journal.closed.resolve();
    }
    @WsHandler('who') who(@WsUser() user: unknown): unknown {
      journal.handled.push('who');
      return user;
    }
    @WsHandler('transfer') transfer(connection: WsConnection, payload: unknown): unknown {
      journal.handled.push(payload);
      return connection.user;
    }
    @WsHandler('wait') async wait(@WsSignal() signal: AbortSignal): Promise<string> {
      signal.addEventListener('abort', () => journal.aborted.resolve());
      journal.begun.resolve();
      await journal.gate.promise;
      return 'waited';
    }
    @WsHandler('watch') watch(): unknown {
      return journal.items;
    }
  }
  return Bank;
}

/** Serves an application for one test. */
export async function serve<T>(setup: AppSetup, test: (url: string) => Promise<T>): Promise<T> {
  const { app, url } = await serveApp(setup);
  try {
    return await test(url);
  } finally {
    await app.close();
  }
}

/** A client with that session's cookie. */
export function connectAs(url: string, sid: string, path = '/bank'): Promise<WsPeer> {
  return connectPeer(url + path, { headers: { cookie: `sid=${sid}` } });
}
