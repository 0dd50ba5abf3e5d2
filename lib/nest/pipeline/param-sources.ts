import { PARAM_SOURCE } from '../constants.js';
import { readOwn } from '../read-own.js';
import type { MessageArguments } from './message-context.js';

/**
 * The raw value of a parameter with one of Nest's own sources, so that a controller's method may
 * serve HTTP and WebSockets alike: `@Body()` is the payload, `@Req()` the connection. Sources that
 * only HTTP has are `undefined`.
 */
export function readSource(source: number, data: unknown, args: MessageArguments): unknown {
  const [connection, payload] = args;
  switch (source) {
    case PARAM_SOURCE.payload:
      return readPart(payload, data);
    case PARAM_SOURCE.connection:
      return connection;
    case PARAM_SOURCE.query:
      return readPart(connection.query, data);
    case PARAM_SOURCE.param:
      return readPart(connection.params, data);
    case PARAM_SOURCE.headers:
      return readPart(connection.headers, typeof data === 'string' ? data.toLowerCase() : data);
    case PARAM_SOURCE.session:
      return (connection as { readonly session?: unknown }).session;
    case PARAM_SOURCE.ip:
      return connection.ip;
    default:
      return undefined;
  }
}

function readPart(value: unknown, name: unknown): unknown {
  return typeof name === 'string' && name !== '' ? readOwn(value, name) : value;
}
