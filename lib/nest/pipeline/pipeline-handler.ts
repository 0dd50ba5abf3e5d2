import type { CanActivate, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { StreamOptions } from '../options/stream-options.js';
import type { WsConnection } from '../connection/ws-connection.js';
import type {
  CallContext,
  CompiledHandler,
  FilterOutcome,
  HandlerOrder,
  HandlerTraits,
} from './compiled-handler.js';
import { type CompiledFilter, runFilters } from './run-filters.js';
import { InterceptedCall } from './intercepted-call.js';
import { createMessageContext, type HandlerRef, type MessageArguments } from './message-context.js';
import type { ParamResolver } from './param-resolver.js';
import { runGuards } from './run-guards.js';

/** What a {@link PipelineHandler} is made of. */
export interface Pipeline extends HandlerRef, Omit<HandlerTraits, 'isEnhanced'> {
  readonly instance: object;
  readonly guards: readonly CanActivate[];
  readonly interceptors: readonly NestInterceptor[];
  readonly params: ParamResolver;
  /** Whether a parameter reads the `ExecutionContext`. */
  readonly paramsNeedContext: boolean;
  readonly filters: readonly CompiledFilter[];
}

/** A handler whose enhancers were resolved once; each message only runs them. */
export class PipelineHandler implements CompiledHandler {
  readonly type: string;
  readonly order: HandlerOrder;
  readonly stream: Required<StreamOptions>;
  readonly timeout: number;
  readonly isEnhanced: boolean;
  readonly label: string;
  readonly #pipeline: Pipeline;
  readonly #needsContext: boolean;

  constructor(pipeline: Pipeline) {
    this.#pipeline = pipeline;
    ({
      type: this.type,
      order: this.order,
      stream: this.stream,
      timeout: this.timeout,
      label: this.label,
    } = pipeline);
    const { guards, interceptors, paramsNeedContext } = pipeline;
    this.isEnhanced = guards.length > 0 || interceptors.length > 0;
    this.#needsContext = this.isEnhanced || paramsNeedContext;
  }

  invoke(connection: WsConnection, payload: unknown, call: CallContext): unknown {
    const args: MessageArguments = [connection, payload, call, this.type];
    // Making a context costs time, so none is made if neither guards, interceptors nor parameters
    // read it.
    if (!this.#needsContext) return this.#run(args, undefined);
    const context = createMessageContext(args, this.#pipeline);
    const guarded = runGuards(this.#pipeline.guards, context);
    return guarded
      ? guarded.then(() => this.#intercept(args, context))
      : this.#intercept(args, context);
  }

  handleException(
    exception: unknown,
    connection: WsConnection,
    payload: unknown,
    call: CallContext,
  ): FilterOutcome | Promise<FilterOutcome> {
    const { filters } = this.#pipeline;
    if (filters.length === 0) return { error: exception };
    const context = createMessageContext([connection, payload, call, this.type], this.#pipeline);
    return runFilters(filters, exception, context);
  }

  #intercept(args: MessageArguments, context: ExecutionContext): unknown {
    const { interceptors } = this.#pipeline;
    if (interceptors.length === 0) return this.#run(args, context);
    const call = new InterceptedCall(interceptors, context, () => this.#run(args, context));
    return call.start(args[2]);
  }

  #run(args: MessageArguments, context: ExecutionContext | undefined): unknown {
    const values = this.#pipeline.params.resolve(args, context);
    if (Array.isArray(values)) return this.#begin(args, values);
    return values.then((resolved) => this.#begin(args, resolved));
  }

  #begin([, , call]: MessageArguments, values: unknown[]): unknown {
    const { callback, instance } = this.#pipeline;
    if (call.isWithdrawn) throw call.signal.reason as Error;
    return callback.apply(instance, values);
  }
}
