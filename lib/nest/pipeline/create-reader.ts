import { PARAM_SOURCE } from '../framework/param-source.js';
import { readOwn } from '../../protocol/wsgate/read-own.js';
import type { WsConnection } from '../connection/ws-connection.js';
import type { MessageArguments } from './message-context.js';

/** Reads the raw value of a parameter. */
type ParamReader = (args: MessageArguments) => unknown;

/**
 * The reader of a parameter with one of Nest's own sources, so that a controller's method may serve
 * HTTP and WebSockets alike: `@Body()` is the payload, `@Req()` the connection. Sources that only
 * HTTP has are `undefined`.
 *
 * @param source one of Nest's numbers.
 * @param data the name of the part to take; anything else for all of it.
 */
export function createReader(source: number, data: unknown): ParamReader {
  const name = typeof data === 'string' && data !== '' ? data : undefined;
  switch (source) {
    case PARAM_SOURCE.payload:
      return name === undefined ? readPayload : ([, payload]) => readOwn(payload, name);
    case PARAM_SOURCE.connection:
      return ([connection]) => connection;
    case PARAM_SOURCE.query:
      return readPart(({ query }) => query, name);
    case PARAM_SOURCE.param:
      return readPart(({ params }) => params, name);
    case PARAM_SOURCE.headers:
      return readPart(({ headers }) => headers, name?.toLowerCase());
    case PARAM_SOURCE.session:
      return ([connection]) => connection.session;
    case PARAM_SOURCE.ip:
      return ([connection]) => connection.ip;
    default:
      return () => undefined;
  }
}

function readPayload([, payload]: MessageArguments): unknown {
  return payload;
}

function readPart(
  read: (connection: WsConnection) => unknown,
  name: string | undefined,
): ParamReader {
  if (name === undefined) return ([connection]) => read(connection);
  return ([connection]) => readOwn(read(connection), name);
}
