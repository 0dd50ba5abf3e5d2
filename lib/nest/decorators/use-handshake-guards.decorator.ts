import { type CanActivate, type Type, UseGuards } from '@nestjs/common';
import { InvalidUse } from '../../protocol/invalid-use.js';
import { assertOnClass } from './assert-on-class.js';
import { ensureOwnHandshakeMethod, HANDSHAKE_METHOD } from './handshake-method.js';

/**
 * Guards that run before the 101, in this order, after the Origin check and the global guards.
 * They are ordinary Nest guards with injection; their `ExecutionContext` has the type `http` and
 * the upgrade request, so guards written for HTTP work. A refusal is a real HTTP response: 403,
 * or the status and body of the `HttpException` thrown. A guard that throws anything else, or
 * takes longer than `handshakeTimeout`, refuses as well.
 *
 * @param guards guard classes or instances.
 * @throws InvalidUse for a guard that is neither, and where it stands on a method.
 */
export function UseHandshakeGuards(
  ...guards: readonly (Type<CanActivate> | CanActivate)[]
): ClassDecorator {
  return (target) => {
    assertOnClass('@UseHandshakeGuards', target);
    for (const [index, guard] of guards.entries()) assertGuard(guard, index, target.name);
    const prototype = target.prototype as object;
    const value = ensureOwnHandshakeMethod(prototype);
    UseGuards(...guards)(prototype, HANDSHAKE_METHOD, { value });
  };
}

function assertGuard(guard: unknown, index: number, owner: string): void {
  if (typeof guard === 'function') return;
  if (guard instanceof Object && 'canActivate' in guard) return;
  const given = guard instanceof Object ? 'has no canActivate' : `is ${String(guard)}`;
  throw new InvalidUse(
    `@UseHandshakeGuards on ${owner}: argument ${index + 1} ${given}; expected guard classes or ` +
      'instances (a class of a module that imports this one may be undefined here)',
  );
}
