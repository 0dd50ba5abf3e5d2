import { type CanActivate, type ExecutionContext, UnauthorizedException } from '@nestjs/common';
import { assertCookieGuardOptions, type CookieGuardOptions } from './cookie-guard-options.js';
import { readCookies } from '../connection/read-cookies.js';
import { unsignCookie } from './unsign-cookie.js';

/** What a {@link CookieGuard} reads from and writes to: the upgrade request, or an HTTP one. */
export interface CookieRequest {
  /** Names in lower case. */
  readonly headers: { readonly cookie?: string | undefined };
  /** Where the guard puts whom it has found. */
  user?: unknown;
}

/**
 * Lets in who has a valid cookie: extend it, say which cookie, and look up whose it is. What
 * `authenticate` returns becomes `request.user`, and with a handshake the connection's `user`.
 *
 * It is not `@Injectable()` itself: Nest would try to inject the options into a subclass that is not.
 *
 * @example
 * class SessionGuard extends CookieGuard<User> { // with `@Injectable()`
 *   constructor(private readonly sessions: SessionStore) {
 *     super({ cookie: 'sid', secrets: ['new secret', 'old secret'] });
 *   }
 *   authenticate(sid: string): Promise<User | null> {
 *     return this.sessions.find(sid);
 *   }
 * }
 */
export abstract class CookieGuard<User = unknown> implements CanActivate {
  // Not `#`: for a subclass that injects by `forwardRef`, Nest copies the fields to another object.
  private readonly cookie: string;
  private readonly secrets: readonly string[] | undefined;

  /**
   * @throws InvalidUse for an option that is unknown or of another kind, for an empty secret or list
   *   of them, and for secrets given as `undefined`: what was to be signed would not be.
   */
  constructor(options: CookieGuardOptions) {
    assertCookieGuardOptions(new.target.name, options);
    const { cookie, secrets } = options;
    this.cookie = cookie;
    this.secrets = typeof secrets === 'string' ? [secrets] : secrets;
  }

  /**
   * Who the cookie belongs to; `null` or `undefined` for nobody, which is a 401.
   *
   * @param value the cookie's value, its signature checked and taken off; never empty.
   */
  abstract authenticate(
    value: string,
    request: CookieRequest,
  ): User | null | undefined | Promise<User | null | undefined>;

  /** @throws UnauthorizedException without a cookie, with an empty or forged one, and for nobody's. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<CookieRequest>();
    const user = await this.authenticate(this.readValue(request), request);
    // Any falsy result refuses, not only null: a lookup in plain JavaScript may return false.
    if (!user) throw createRefusal('authenticate has found nobody');
    request.user = user;
    return true;
  }

  private readValue({ headers }: CookieRequest): string {
    const name = `the cookie "${this.cookie}"`;
    const raw = readCookies(headers.cookie)[this.cookie];
    if (raw === undefined) throw createRefusal(`${name} is missing`);
    const value = this.secrets === undefined ? raw : unsignCookie(raw, this.secrets);
    if (value === undefined) throw createRefusal(`no secret has signed ${name}`);
    // An empty cookie names nobody, but a lookup of '' might find somebody.
    if (value === '') throw createRefusal(`${name} is empty`);
    return value;
  }
}

/** @param why for the log alone: a client is not told what it would have to forge. */
function createRefusal(why: string): UnauthorizedException {
  const options = { cause: new Error(why), description: 'Unauthorized' };
  return new UnauthorizedException(undefined, options);
}
