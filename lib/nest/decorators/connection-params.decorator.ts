import type { ExecutionContext } from '@nestjs/common';
import { InvalidUse } from '../../protocol/invalid-use.js';
import { PARAM_SOURCE } from '../framework/param-source.js';
import type { CallContext } from '../pipeline/compiled-handler.js';
import type { ParamFactory, PipeLike } from '../pipeline/param-metadata.js';
import { readOwn } from '../../protocol/wsgate/read-own.js';
import type { WsConnection } from '../connection/ws-connection.js';
import { createParam } from './create-param.js';
import { splitParamArguments } from './split-param-arguments.js';

type Arguments = readonly (string | PipeLike)[];

/** The connection the message came on. Pipes do not run on it. */
export function WsConn(...nothing: readonly []): ParameterDecorator {
  assertParentheses('@WsConn()', nothing);
  return createParam(PARAM_SOURCE.connection, { pipes: [] });
}

/** The connection's `user`, as a handshake guard set it, or one property of it. */
export function WsUser(...propAndPipes: Arguments): ParameterDecorator {
  return createParam('wsgate:user', { ...splitParamArguments(propAndPipes), factory: readUser });
}

/** One path parameter, or all of them by name. */
export function WsParam(...nameAndPipes: Arguments): ParameterDecorator {
  return createParam(PARAM_SOURCE.param, splitParamArguments(nameAndPipes));
}

/** One parameter of the query string, or all of them by name. */
export function WsQuery(...nameAndPipes: Arguments): ParameterDecorator {
  return createParam(PARAM_SOURCE.query, splitParamArguments(nameAndPipes));
}

/** One header of the upgrade request, in any case, or all of them by lower-case name. */
export function WsHeader(...nameAndPipes: Arguments): ParameterDecorator {
  return createParam('wsgate:header', {
    ...splitParamArguments(nameAndPipes),
    factory: readHeader,
  });
}

/**
 * One cookie of the upgrade request as it came (a signed one still has its
 * signature), or all by name.
 */
export function WsCookie(...nameAndPipes: Arguments): ParameterDecorator {
  return createParam('wsgate:cookie', {
    ...splitParamArguments(nameAndPipes),
    factory: (name, context) => readProp(connectionOf(context).cookies, name),
  });
}

/** An `AbortSignal` that fires when the call is cancelled, times out or loses its connection. */
export function WsSignal(...nothing: readonly []): ParameterDecorator {
  assertParentheses('@WsSignal()', nothing);
  return createParam('wsgate:signal', {
    pipes: [],
    factory: (_data, context) => context.getArgByIndex<CallContext>(2).signal,
  });
}

/** Without parentheses the function is called as a decorator, and what it returns is ignored. */
function assertParentheses(decorator: string, given: readonly unknown[]): void {
  if (given.length === 0) return;
  throw new InvalidUse(`${decorator} takes no arguments, but needs the parentheses`);
}

// A user is the application's own object, so a property may be a getter of its class.
const readUser: ParamFactory = (prop, context) => {
  const user = connectionOf(context).user as Readonly<Record<string, unknown>> | null | undefined;
  return prop === undefined ? user : user?.[prop as string];
};

const readHeader: ParamFactory = (name, context) => {
  const lowered = typeof name === 'string' ? name.toLowerCase() : name;
  return readProp(connectionOf(context).headers, lowered);
};

function connectionOf(context: ExecutionContext): WsConnection {
  return context.switchToWs().getClient<WsConnection>();
}

function readProp(value: unknown, prop: unknown): unknown {
  return prop === undefined ? value : readOwn(value, prop as string);
}
