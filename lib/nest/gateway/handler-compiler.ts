import { Injectable } from '@nestjs/common';
import {
  describeHandler,
  type GatewayDescriptor,
  type HandlerDescriptor,
} from './gateway-descriptor.js';
import type { Method } from '../framework/method.js';
import type { ContextId } from '../framework/nest-internals.js';
import type { ResolvedWsOptions } from '../options/ws-module-options.js';
import type { CompiledHandler } from '../pipeline/compiled-handler.js';
import { EnhancerFactory, type EnhancerHost } from '../pipeline/enhancer-factory.js';
import { ParamCompiler } from '../pipeline/param-compiler.js';
import { ParamResolver } from '../pipeline/param-resolver.js';
import { PipelineHandler } from '../pipeline/pipeline-handler.js';

/** Where a gateway's methods run: its one instance, or that of one connection. */
export interface GatewayInstance {
  readonly instance: object;
  readonly contextId: ContextId;
}

/** Compiles handlers: finds all that Nest binds to a method, once, so that a message only runs it. */
@Injectable()
export class HandlerCompiler {
  readonly #enhancers: EnhancerFactory;
  readonly #params: ParamCompiler;

  constructor(enhancers: EnhancerFactory) {
    this.#enhancers = enhancers;
    this.#params = new ParamCompiler(enhancers);
  }

  /** Compiles one handler of a gateway. */
  compile(
    gateway: GatewayDescriptor,
    handler: HandlerDescriptor,
    { instance, contextId }: GatewayInstance,
    options: ResolvedWsOptions,
  ): CompiledHandler {
    const moduleKey = gateway.module.token;
    const host: EnhancerHost = { instance, contextId, moduleKey, inquirerId: gateway.wrapper.id };
    const callback = (instance as Readonly<Record<string, Method>>)[handler.methodName];
    const pipes = this.#enhancers.createPipes(host, callback);
    const params = this.#params.compile(host, handler.methodName, pipes);
    return new PipelineHandler({
      type: handler.type,
      order: handler.order ?? 'concurrent',
      stream: { ...options.stream, ...handler.stream },
      timeout: handler.timeout ?? options.timeout,
      label: describeHandler(gateway, handler),
      instance,
      classRef: gateway.classRef,
      callback,
      guards: this.#enhancers.createGuards(host, callback, options.globalGuards),
      interceptors: this.#enhancers.createInterceptors(host, callback),
      params: new ParamResolver(params),
      paramsNeedContext: params.some(({ needsContext }) => needsContext),
      filters: this.#enhancers.createFilters(host, callback),
    });
  }
}
