import type { PipeTransform } from '@nestjs/common';
import { SafeLogger } from '../errors/safe-logger.js';
import type { CompiledParam } from './compiled-param.js';
import { isIdle } from './is-idle.js';

/**
 * Warns of methods whose payload a `ValidationPipe` should check and cannot, because the compiler
 * has not written down the types of parameters: it lets everything through then. Once for each
 * method, for scoped gateways are compiled anew for each connection.
 */
export class UntypedPayloads {
  readonly #logger = new SafeLogger('WsGateways');
  readonly #seen = new Set<string>();

  /** @param pipes those in front of the parameter, in order */
  look(label: string, { metadata }: CompiledParam, pipes: readonly PipeTransform[]): void {
    if (metadata.type !== 'body' || metadata.schema !== undefined || this.#seen.has(label)) return;
    if (!pipes.some((pipe) => isIdle(pipe, metadata))) return;
    this.#seen.add(label);
    this.#logger.warn(
      `${label}: the ValidationPipe checks nothing, because the types of the parameters are not ` +
        'known; compile with "emitDecoratorMetadata" (esbuild, and so tsx, cannot)',
    );
  }
}
