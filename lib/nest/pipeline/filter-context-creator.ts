import { FILTERS_METADATA } from '../framework/metadata-keys.js';
import type { Method } from '../framework/method.js';
import { type ContextId, ExternalExceptionFilterContext } from '../framework/nest-internals.js';
import type { CompiledFilter } from './run-filters.js';

/** The arguments every context creator takes. */
export type CreatorArguments = [
  instance: object,
  method: Method,
  moduleKey: string,
  contextId: ContextId,
  inquirerId: string,
];

/**
 * Nest's exception filters without Nest's handler around them: that one says `null` in Nest 11 and
 * `undefined` in 12 for "nobody caught it", and would make a reply of one of the two.
 */
export class FilterContextCreator extends ExternalExceptionFilterContext {
  /** @returns method filters first, global ones last. */
  createFor([
    instance,
    method,
    moduleKey,
    contextId,
    inquirerId,
  ]: CreatorArguments): readonly CompiledFilter[] {
    this.moduleContext = moduleKey;
    const filters = this.createContext<unknown[], CompiledFilter[]>(
      instance,
      method,
      FILTERS_METADATA,
      contextId,
      inquirerId,
    );
    return filters.reverse();
  }
}
