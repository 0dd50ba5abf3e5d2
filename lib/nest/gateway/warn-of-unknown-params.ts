import type { Logger } from '@nestjs/common';
import { parse, type Token } from 'path-to-regexp';
import { PARAM_SOURCE } from '../framework/param-source.js';
import { readParams } from '../decorators/create-param.js';
import type { GatewayEndpoint } from './gateway-endpoint.js';
import { describeHandler, type GatewayClass } from './gateway-descriptor.js';

/**
 * Warns of handlers that ask for a path parameter which their path does not have: it
 * would always be undefined.
 */
export function warnOfUnknownParams({ path, gateways }: GatewayEndpoint, logger: Logger): void {
  const known = new Set(parse(path).tokens.flatMap(namesOf));
  for (const gateway of gateways) {
    for (const handler of gateway.handlers) {
      for (const name of findParams(gateway.classRef, handler.methodName)) {
        if (known.has(name)) continue;
        const place = describeHandler(gateway, handler);
        logger.warn(
          `${place} asks for the parameter "${name}", which the path "${path}" does not have`,
        );
      }
    }
  }
}

function namesOf(token: Token): readonly string[] {
  if (token.type === 'group') return token.tokens.flatMap(namesOf);
  return token.type === 'text' ? [] : [token.name];
}

/** The names in the `@WsParam` of a method. */
function findParams(classRef: GatewayClass, methodName: string): readonly string[] {
  return Object.entries(readParams(classRef, methodName)).flatMap(([key, { data }]) =>
    key.startsWith(`${PARAM_SOURCE.param}:`) && typeof data === 'string' ? [data] : [],
  );
}
