import type { ArgumentMetadata, ExecutionContext, PipeTransform } from '@nestjs/common';
import type { MessageArguments } from './message-context.js';

/** A parameter of a handler: where its value comes from and which pipes it goes through. */
export interface CompiledParam {
  /** Its position in the method's signature. */
  readonly index: number;
  /** Reads the raw value; `context` is there when {@link needsContext} is set. */
  readonly extract: (args: MessageArguments, context: ExecutionContext | undefined) => unknown;
  readonly needsContext: boolean;
  /** Whether pipes apply to it at all; if so, a promise is awaited even when there are none. */
  readonly isPipeable: boolean;
  readonly pipes: readonly PipeTransform[];
  /** What the pipes are told about it. */
  readonly metadata: ArgumentMetadata;
}
