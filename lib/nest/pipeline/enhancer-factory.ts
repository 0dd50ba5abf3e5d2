import type { CanActivate, NestInterceptor, PipeTransform } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import type { PipeLike } from './param-metadata.js';
import type { Method } from '../framework/method.js';
import {
  type ContextId,
  GuardsContextCreator,
  InterceptorsContextCreator,
  type NestContainer,
  PipesContextCreator,
} from '../framework/nest-internals.js';
import type { GlobalGuards } from '../options/ws-module-options.js';
import { type CreatorArguments, FilterContextCreator } from './filter-context-creator.js';
import type { CompiledFilter } from './run-filters.js';

/** The class whose enhancers are wanted, and the context they are wanted in. */
export interface EnhancerHost {
  readonly instance: object;
  readonly moduleKey: string;
  /** The static context, or that of one connection or handshake. */
  readonly contextId: ContextId;
  /** The id of the class's wrapper: transient enhancers are made per host. */
  readonly inquirerId: string;
}

/** Finds the instances of enhancers with Nest's own context creators. */
@Injectable()
export class EnhancerFactory {
  readonly #guards: GuardsContextCreator;
  readonly #ownGuards: GuardsContextCreator;
  readonly #pipes: PipesContextCreator;
  readonly #interceptors: InterceptorsContextCreator;
  readonly #filters: FilterContextCreator;

  constructor(modules: ModulesContainer, config: ApplicationConfig) {
    // The creators need nothing else of a container.
    const container = { getModules: () => modules } as unknown as NestContainer;
    this.#guards = new GuardsContextCreator(container, config);
    this.#ownGuards = new GuardsContextCreator(container);
    this.#pipes = new PipesContextCreator(container, config);
    this.#interceptors = new InterceptorsContextCreator(container, config);
    this.#filters = new FilterContextCreator(container, config);
  }

  /** Global guards (unless they run at the handshake only), then the class's, then the method's. */
  createGuards(host: EnhancerHost, method: Method, where: GlobalGuards): readonly CanActivate[] {
    const creator = where === 'handshake' ? this.#ownGuards : this.#guards;
    return creator.create(...toArguments(host, method));
  }

  /** Global, class and method interceptors, outermost first. */
  createInterceptors(host: EnhancerHost, method: Method): readonly NestInterceptor[] {
    return this.#interceptors.create(...toArguments(host, method));
  }

  /** Global, class and method pipes, in the order they run. */
  createPipes(host: EnhancerHost, method: Method): readonly PipeTransform[] {
    return this.#pipes.create(...toArguments(host, method));
  }

  /** The pipes of one parameter. */
  createParamPipes(host: EnhancerHost, pipes: readonly PipeLike[]): readonly PipeTransform[] {
    const { moduleKey, contextId, inquirerId } = host;
    this.#pipes.setModuleContext(moduleKey);
    return this.#pipes.createConcreteContext(pipes as unknown[], contextId, inquirerId);
  }

  /** Exception filters, the nearest to the method first. */
  createFilters(host: EnhancerHost, method: Method): readonly CompiledFilter[] {
    return this.#filters.createFor(toArguments(host, method));
  }
}

function toArguments(host: EnhancerHost, method: Method): CreatorArguments {
  return [host.instance, method, host.moduleKey, host.contextId, host.inquirerId];
}
