import { ContextIdFactory, ModuleRef } from '@nestjs/core';
import {
  type ContextId,
  type InstanceWrapper,
  type NestModule,
  REQUEST_CONTEXT_ID,
} from '../framework/nest-internals.js';
import type { GatewayDescriptor } from './gateway-descriptor.js';

/** Whether one instance of a class, and of everything it depends on, serves all connections. */
export function isShared(wrapper: InstanceWrapper): boolean {
  return wrapper.isDependencyTreeStatic() && !wrapper.isTransient;
}

/**
 * The injection context of a connection or an upgrade request, with it as `REQUEST`: made on the
 * first call, and the same from then on. A `ContextIdFactory` strategy for durable providers is
 * asked as for an HTTP request.
 */
export function contextOf(request: object, { wrapper, module }: GatewayDescriptor): ContextId {
  const contextId: ContextId = ContextIdFactory.getByRequest(request as Record<string, unknown>);
  if (!Object.hasOwn(request, REQUEST_CONTEXT_ID)) {
    Object.defineProperty(request, REQUEST_CONTEXT_ID, { value: contextId });
    const value: unknown = wrapper.isDependencyTreeDurable()
      ? contextId.payload
      : Object.assign(request, contextId.payload);
    readModuleRef(module).registerRequestByContextId(value, contextId);
  }
  return contextId;
}

/** Makes the gateway's instance, and its scoped enhancers, for a context. */
export function resolveInContext(
  { wrapper, module }: GatewayDescriptor,
  contextId: ContextId,
): Promise<object> {
  return readModuleRef(module).resolve<object>(wrapper.token as never, contextId);
}

/** The `ModuleRef` of one module: a class may be provided by several modules. */
export function readModuleRef(module: NestModule): ModuleRef {
  return module.getProviderByKey<ModuleRef>(ModuleRef).instance;
}
