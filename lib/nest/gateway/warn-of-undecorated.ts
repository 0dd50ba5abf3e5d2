import type { Logger } from '@nestjs/common';
import { readParams } from '../decorators/create-param.js';
import { WsConnection } from '../connection/ws-connection.js';
import type { GatewayClass, HandlerDescriptor } from './gateway-descriptor.js';

/** Where compilers write down the types of a method's parameters. */
const PARAM_TYPES = 'design:paramtypes';

type Type = new (...args: never[]) => unknown;

/**
 * Warns of handlers without parameter decorators whose first parameter is no connection: they get
 * `(connection, payload)`, and what is written for the payload of `@MessagePattern` or
 * `@SubscribeMessage` would take the connection for it, past every pipe.
 */
export function warnOfUndecorated(
  classRef: GatewayClass,
  handlers: readonly HandlerDescriptor[],
  logger: Logger,
): void {
  for (const name of new Set(handlers.map(({ methodName }) => methodName))) {
    const type = findFirstType(classRef, name);
    if (type === undefined || mayBeConnection(type)) continue;
    if (Object.keys(readParams(classRef, name)).length > 0) continue;
    logger.warn(
      `${classRef.name}.${name} gets (connection, payload), since none of its parameters has a ` +
        `decorator, but the first is a ${type.name}; write @WsPayload() in front of what is to be ` +
        'the payload',
    );
  }
}

function findFirstType(classRef: GatewayClass, name: string): Type | undefined {
  const types: unknown = Reflect.getMetadata(PARAM_TYPES, classRef.prototype as object, name);
  const first: unknown = Array.isArray(types) ? types[0] : undefined;
  return typeof first === 'function' ? (first as Type) : undefined;
}

/** An interface, `unknown` and a union are written down as Object. */
function mayBeConnection(type: Type): boolean {
  return (type as unknown) === Object || (type as unknown) === WsConnection;
}
