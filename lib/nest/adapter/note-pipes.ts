import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { PIPES_METADATA, ROUTE_ARGS_METADATA } from '../framework/metadata-keys.js';
import { noteFieldErrors } from '../pipeline/expose-field-errors.js';
import { findGateways, type FoundGateway, type ProviderSource } from './find-gateways.js';
import { findHandlers } from './find-handlers.js';

/** The part of a parameter's metadata that is used here. */
interface Param {
  readonly pipes?: readonly unknown[];
}

/**
 * Has the pipes of gateways note which fields they find wrong, for clients of `wsgate.v1`: those of
 * a parameter, a method, a class, those that are injected, and the global ones. May be called again,
 * when there may be more of them.
 */
export function notePipes(app: ProviderSource): void {
  const strict = { strict: false };
  for (const pipe of app.get(ApplicationConfig, strict).getGlobalPipes()) noteFieldErrors(pipe);
  for (const { injectables } of app.get(ModulesContainer, strict).values()) {
    for (const { instance } of injectables.values()) noteFieldErrors(instance);
  }
  for (const gateway of findGateways(app)) {
    for (const pipe of pipesOf(gateway)) noteFieldErrors(pipe);
  }
}

function* pipesOf(gateway: FoundGateway): Generator<unknown, void, undefined> {
  const { classRef } = gateway;
  yield* readPipes(classRef);
  for (const [name, method] of findHandlers(gateway)) {
    yield* readPipes(method);
    const params: unknown = Reflect.getMetadata(ROUTE_ARGS_METADATA, classRef, name);
    for (const { pipes = [] } of Object.values((params ?? {}) as Record<string, Param>))
      yield* pipes;
  }
}

function readPipes(target: object): readonly unknown[] {
  return (Reflect.getMetadata(PIPES_METADATA, target) ?? []) as readonly unknown[];
}
