import { Catch, type ExceptionFilter } from '@nestjs/common';
import { FILTERS_METADATA } from '../framework/metadata-keys.js';
import { isUnexpected } from '../errors/wire-error.js';
import type { Method } from '../framework/method.js';
import type { FoundGateway } from './find-gateways.js';
import { findHandlers } from './find-handlers.js';

/** Marks the filter of a witness. */
const WITNESS = Symbol('nestjs-wsgate.exception-witness');

/**
 * Sees what gateways throw. Nest's own filter for them makes "Internal server error" of everything
 * but a `WsException`, of a failed validation as well, and the adapter would only see that.
 */
export class ExceptionWitness {
  #seen: unknown = undefined;
  readonly #filter = createFilter((exception) => this.#note(exception));

  /** The exception that is being handled at this moment, if it is one that clients are told of. */
  get exception(): Error | undefined {
    return isUnexpected(this.#seen) ? undefined : (this.#seen as Error);
  }

  /**
   * Looks on at these gateways. Must be called before Nest looks for their filters. Those run as
   * before.
   */
  watch(gateways: Iterable<FoundGateway>): void {
    for (const gateway of gateways) {
      for (const method of findHandlers(gateway).values()) this.#watch(method);
    }
  }

  #watch(method: Method): void {
    const all = (Reflect.getMetadata(FILTERS_METADATA, method) ?? []) as readonly object[];
    // The class may be served by another application already, with a witness of its own.
    const others = all.filter((filter) => !(WITNESS in filter));
    // The last one of a method is asked first.
    Reflect.defineMetadata(FILTERS_METADATA, [...others, this.#filter], method);
  }

  #note(exception: unknown): void {
    this.#seen = exception;
    queueMicrotask(() => {
      if (this.#seen === exception) this.#seen = undefined;
    });
  }
}

/** A filter that catches nothing: Nest asks its type about each exception, and it is none of them. */
function createFilter(see: (exception: unknown) => void): ExceptionFilter {
  class Nothing {
    static [Symbol.hasInstance](exception: unknown): boolean {
      see(exception);
      return false;
    }
  }
  @Catch(Nothing)
  class WitnessFilter implements ExceptionFilter {
    readonly [WITNESS] = true;
    catch(): void {
      // Never called.
    }
  }
  return new WitnessFilter();
}
