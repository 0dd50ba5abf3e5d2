import { Injectable } from '@nestjs/common';
import { CookieGuard } from 'nestjs-wsgate';
import { ChatSettings } from '../chat-settings.js';
import { SESSION_COOKIE } from './session-cookie.js';
import { SessionStore } from './session-store.js';
import type { User } from './user.js';

/** No session, no WebSocket: the upgrade is answered with 401. */
@Injectable()
export class SessionGuard extends CookieGuard<User> {
  constructor(
    settings: ChatSettings,
    private readonly sessions: SessionStore,
  ) {
    super({ cookie: SESSION_COOKIE, secrets: settings.secrets });
  }

  /** Whose session the cookie names. */
  authenticate(sid: string): User | null {
    return this.sessions.find(sid);
  }
}
