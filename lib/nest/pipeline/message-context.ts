import type { ExecutionContext } from '@nestjs/common';
import type { Method } from '../framework/method.js';
import { ExecutionContextHost } from '../framework/nest-internals.js';
import type { WsConnection } from '../connection/ws-connection.js';
import type { CallContext } from './compiled-handler.js';

/**
 * What a message's `ExecutionContext` holds: `switchToWs()` finds client, data and pattern where it
 * looks for them (first, second and last), `switchToHttp().getRequest()` finds the connection.
 */
export type MessageArguments = [
  connection: WsConnection,
  payload: unknown,
  call: CallContext,
  type: string,
];

/** The class and method a context belongs to, as `Reflector` wants them. */
export interface HandlerRef {
  // oxlint-disable-next-line typescript/no-unsafe-function-type
  readonly classRef: Function;
  readonly callback: Method;
}

/** The methods of Express, Fastify and Node that set headers and cookies. */
const HEADER_METHODS: readonly string[] = [
  'header',
  'headers',
  'set',
  'setHeader',
  'append',
  'appendHeader',
  'removeHeader',
  'vary',
  'cookie',
  'setCookie',
  'clearCookie',
];

/** A response that ignores headers: guards written for HTTP set some on every request. */
const NO_RESPONSE: object = Object.freeze(
  Object.fromEntries(HEADER_METHODS.map((name) => [name, () => NO_RESPONSE])),
);

class MessageContext extends ExecutionContextHost {
  /** A message has no response. Without this override, the payload would be returned for it. */
  override switchToHttp(): ReturnType<ExecutionContext['switchToHttp']> {
    return Object.assign(super.switchToHttp(), { getResponse: <T>() => NO_RESPONSE as T });
  }
}

/** The `ExecutionContext` of one message; one serves guards, interceptors and parameters. */
export function createMessageContext(args: MessageArguments, ref: HandlerRef): ExecutionContext {
  const context = new MessageContext(args, ref.classRef as never, ref.callback);
  context.setType('ws');
  return context;
}
