import { type CanActivate, type Type, UseGuards } from '@nestjs/common';
import { HANDSHAKE_METHOD } from '../constants.js';
import { ensureOwnHandshakeMethod } from './handshake-method.js';

/**
 * Guards that run before the 101, in this order, after the Origin check and the global guards.
 * They are ordinary Nest guards with injection; their `ExecutionContext` has the type `http` and
 * the upgrade request, so guards written for HTTP work. A refusal is a real HTTP response: 403,
 * or the status and body of the `HttpException` thrown. A guard that throws anything else, or
 * takes longer than `handshakeTimeout`, refuses as well.
 *
 * @param guards guard classes or instances.
 */
export function UseHandshakeGuards(
  ...guards: readonly (Type<CanActivate> | CanActivate)[]
): ClassDecorator {
  return (target) => {
    const prototype = target.prototype as object;
    const value = ensureOwnHandshakeMethod(prototype);
    UseGuards(...guards)(prototype, HANDSHAKE_METHOD, { value });
  };
}
