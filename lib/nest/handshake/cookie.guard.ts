import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { InvalidUse } from '../../protocol/errors.js';
import { readCookies, unsignCookie } from './cookies.js';

/** Which cookie says who is there, and how it is signed. */
export interface CookieGuardOptions {
  /** The cookie's name. */
  readonly cookie: string;
  /**
   * The secrets that may have signed it, the newest first; an old one is kept until its cookies
   * have run out. Without this option the cookie is taken as it is.
   */
  readonly secrets?: string | readonly string[];
}

/** What a {@link CookieGuard} reads from and writes to: the upgrade request, or an HTTP one. */
export interface CookieRequest {
  readonly headers: { readonly cookie?: string | undefined };
  user?: unknown;
}

/**
 * Lets in who has a valid cookie: extend it, say which cookie, and look up whose it is. What
 * `authenticate` returns becomes `request.user`, and with a handshake the connection's `user`.
 */
@Injectable()
export abstract class CookieGuard<User = unknown> implements CanActivate {
  // Not `#`: for a subclass that injects by `forwardRef`, Nest copies the fields to another object.
  private readonly cookie: string;
  private readonly secrets: readonly string[] | undefined;

  /** @throws InvalidUse when a secret is empty, or the list of them. */
  constructor({ cookie, secrets }: CookieGuardOptions) {
    this.cookie = cookie;
    this.secrets = typeof secrets === 'string' ? [secrets] : secrets;
    if (this.secrets?.length === 0 || this.secrets?.some((secret) => !secret)) {
      throw new InvalidUse(`the secrets of the cookie "${cookie}" are empty`);
    }
  }

  /**
   * Who the cookie belongs to; `null` or `undefined` for nobody, which is a 401.
   *
   * @param value the cookie's value, its signature checked and taken off.
   */
  abstract authenticate(
    value: string,
    request: CookieRequest,
  ): User | null | undefined | Promise<User | null | undefined>;

  /** @throws UnauthorizedException without a cookie, with a forged one, and for nobody's. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<CookieRequest>();
    const value = this.readValue(request);
    const user = value === undefined ? undefined : await this.authenticate(value, request);
    // Not only null: a lookup in plain JavaScript may say false, and nobody may get in by that.
    if (!user) throw new UnauthorizedException();
    request.user = user;
    return true;
  }

  private readValue({ headers }: CookieRequest): string | undefined {
    const raw = readCookies(headers.cookie)[this.cookie];
    return raw === undefined || this.secrets === undefined ? raw : unsignCookie(raw, this.secrets);
  }
}
