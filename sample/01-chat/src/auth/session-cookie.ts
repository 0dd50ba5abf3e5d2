import type { CookieOptions, Request } from 'express';
import { SESSION_LIFETIME } from './session-store.js';

/** Holds the signed id of the session. */
export const SESSION_COOKIE = 'sid';

/** Out of the reach of scripts, and not sent along with what other sites post. */
export function sessionCookieOptions(request: Request): CookieOptions {
  return {
    signed: true,
    httpOnly: true,
    sameSite: 'lax',
    secure: request.secure,
    path: '/',
    maxAge: SESSION_LIFETIME,
  };
}

/**
 * The session id in the request's cookie: `undefined` when there is no cookie, `false` when its
 * signature is not ours.
 */
export function readSessionId(request: Request): string | false | undefined {
  const signed = request.signedCookies as Readonly<Record<string, string | false | undefined>>;
  if (Object.hasOwn(signed, SESSION_COOKIE)) return signed[SESSION_COOKIE];
  // An unsigned cookie of that name was not made here either.
  return Object.hasOwn(request.cookies as object, SESSION_COOKIE) ? false : undefined;
}
