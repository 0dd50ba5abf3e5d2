import { type ArgumentMetadata, type PipeTransform, ValidationPipe } from '@nestjs/common';
import { onlyConfigures } from './only-configures.js';

/** The protected parts of Nest's `ValidationPipe` that are looked at here. */
interface ValidationParts {
  readonly expectedType?: unknown;
  readonly toValidate?: (metadata: ArgumentMetadata) => boolean;
}

/**
 * Whether a `ValidationPipe` would return this parameter unchanged, because it has a custom
 * decorator or no class. The pipe is then left out: it would take a promise to do nothing.
 */
export function isIdle(pipe: PipeTransform, metadata: ArgumentMetadata): boolean {
  if (!(pipe instanceof ValidationPipe) || !onlyConfigures(pipe, ValidationPipe)) return false;
  // Their values are converted to the primitive type of the parameter.
  if (metadata.type === 'query' || metadata.type === 'param') return false;
  const parts = pipe as unknown as ValidationParts;
  return parts.expectedType === undefined && parts.toValidate?.(metadata) === false;
}
