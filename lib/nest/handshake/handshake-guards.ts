import type { CanActivate, Type } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { InvalidUse } from '../../protocol/invalid-use.js';
import { GUARDS_METADATA } from '../framework/metadata-keys.js';
import { ensureHandshakeMethod } from '../decorators/handshake-method.js';
import { contextOf, isShared, readModuleRef } from '../gateway/connection-context.js';
import type { GatewayDescriptor } from '../gateway/gateway-descriptor.js';
import type { InstanceWrapper } from '../framework/nest-internals.js';
import { OriginGuard } from './origin.guard.js';

/** Gives a guard for one handshake: always the same one, or one made for it. */
export type GuardSource = (request: object) => CanActivate | Promise<CanActivate>;

/** Finds the guards of handshakes. Scoped ones are made per handshake, with its request as REQUEST. */
@Injectable()
export class HandshakeGuards {
  readonly #config: ApplicationConfig;

  constructor(config: ApplicationConfig) {
    this.#config = config;
  }

  /** Global guards, in Nest's order: those of the application, then scoped `APP_GUARD`s. */
  findGlobal(gateway: GatewayDescriptor): readonly GuardSource[] {
    const shared = this.#config.getGlobalGuards().map(always);
    const scoped = this.#config
      .getGlobalRequestGuards()
      .map((wrapper) => scopedBy(wrapper, gateway));
    return [...shared, ...scoped];
  }

  /**
   * The guards of `@UseHandshakeGuards`.
   *
   * @throws InvalidUse for a guard class that Nest does not know, which must not be skipped, and for
   *   one that is not a guard.
   */
  findOwn(gateway: GatewayDescriptor): readonly GuardSource[] {
    const method = ensureHandshakeMethod(gateway.classRef.prototype as object);
    const guards = (Reflect.getMetadata(GUARDS_METADATA, method) ?? []) as readonly (
      Type<CanActivate> | CanActivate
    )[];
    // The check of this very class has run before any guard.
    return guards.filter((guard) => guard !== OriginGuard).map((guard) => toSource(guard, gateway));
  }
}

function always(guard: CanActivate): GuardSource {
  return () => guard;
}

function toSource(guard: Type<CanActivate> | CanActivate, gateway: GatewayDescriptor): GuardSource {
  if (typeof guard !== 'function') return always(guard);
  const wrapper = gateway.module.injectables.get(guard) as InstanceWrapper<CanActivate> | undefined;
  if (wrapper === undefined) {
    throw new InvalidUse(
      `Nest has not made ${guard.name}, a handshake guard of ${gateway.classRef.name}: decorate ` +
        'the class before the application is created',
    );
  }
  assertGuard(wrapper, guard, gateway);
  return scopedBy(wrapper, gateway);
}

/**
 * A scoped guard is made for each handshake, and what its constructor will set cannot be known: its
 * method is looked for in the class.
 */
function assertGuard(
  wrapper: InstanceWrapper<CanActivate>,
  guard: Type<CanActivate>,
  { classRef }: GatewayDescriptor,
): void {
  const isMade = isShared(wrapper);
  // A factory in its place, in a test, may give anything.
  if (!isMade && wrapper.isNotMetatype) return;
  const made: unknown = isMade ? wrapper.instance : wrapper.metatype?.prototype;
  if (hasCanActivate(made)) return;
  throw new InvalidUse(
    `${guard.name}, a handshake guard of ${classRef.name}, has no method canActivate` +
      (isMade ? '' : '; that of a scoped guard must be a method of its class, not a property'),
  );
}

function hasCanActivate(made: unknown): boolean {
  return typeof (made as Partial<CanActivate> | undefined | null)?.canActivate === 'function';
}

function scopedBy(wrapper: InstanceWrapper<CanActivate>, gateway: GatewayDescriptor): GuardSource {
  if (isShared(wrapper)) return () => wrapper.instance;
  const { host = gateway.module } = wrapper;
  return (request) =>
    readModuleRef(host).resolve<CanActivate>(wrapper.token as never, contextOf(request, gateway));
}
