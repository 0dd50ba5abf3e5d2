import type { Request, RequestHandler } from 'express';
import session from 'express-session';

/** Injects the one express-session that HTTP routes and handshakes share. */
export const SESSION_MIDDLEWARE = 'SESSION_MIDDLEWARE';

declare module 'express-session' {
  interface Session {
    /** The request it came with; after `reload` its `session` is the fresh one. */
    readonly req: Request;
  }
  interface SessionData {
    user: { readonly name: string };
    basket: string[];
  }
}

/** Sessions in memory; give it a `store` to keep them elsewhere. */
export function createSessionMiddleware(secret: string): RequestHandler {
  return session({
    secret,
    name: 'shop',
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, sameSite: 'lax' },
  });
}
