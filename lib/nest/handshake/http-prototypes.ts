import type { IncomingMessage, ServerResponse } from 'node:http';
import { addReplyMethods } from './reply-methods.js';

/**
 * The prototypes Express gives its requests and responses, with `req.get()`, `res.cookie()` and the
 * like.
 */
export interface HttpPrototypes {
  readonly request: object;
  readonly response: object;
}

/** The prototypes of an Express application; `undefined` for any other framework. */
export function readHttpPrototypes(framework: unknown): HttpPrototypes | undefined {
  const { request, response } = (framework ?? {}) as Partial<HttpPrototypes>;
  const isExpress = typeof request === 'object' && typeof response === 'object';
  return isExpress ? { request, response } : undefined;
}

/**
 * Does to an upgrade what Express does to a request, so that its methods are there for guards.
 * Without Express, adds the methods of Fastify's reply, which has no such prototypes.
 */
export function applyHttpPrototypes(
  prototypes: HttpPrototypes | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (prototypes === undefined) return addReplyMethods(response);
  Object.setPrototypeOf(request, prototypes.request);
  Object.setPrototypeOf(response, prototypes.response);
  Object.assign(request, { res: response });
  Object.assign(response, { req: request, locals: Object.create(null) as object });
}
