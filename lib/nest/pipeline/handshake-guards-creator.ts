import type { CanActivate } from '@nestjs/common';
import { type ContextId, GuardsContextCreator } from '../nest-internals.js';

/** Guards of a handshake: `@UseGuards` on the class is for messages and stays out. */
export class HandshakeGuardsCreator extends GuardsContextCreator {
  private withGlobals = true;

  /** Global guards (where `withGlobals`), then those bound to the method. */
  createFor(
    args: [object, (...args: unknown[]) => unknown, string, ContextId, string],
    withGlobals: boolean,
  ): readonly CanActivate[] {
    this.withGlobals = withGlobals;
    return this.create(...args);
  }

  override reflectClassMetadata<T>(): T {
    return [] as T;
  }

  override getGlobalMetadata<T extends unknown[]>(contextId?: ContextId, inquirerId?: string): T {
    return this.withGlobals ? super.getGlobalMetadata(contextId, inquirerId) : ([] as unknown as T);
  }
}
