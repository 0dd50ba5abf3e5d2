import type { ArgumentsHost, Type } from '@nestjs/common';
import { isInstance } from '../errors/is-instance.js';
import { isUnexpected } from '../errors/wire-error.js';
import type { FilterOutcome } from './compiled-handler.js';
import { isPending, settleAnswer } from './settle-answer.js';

/** A filter as Nest's own context creator prepares it. */
export interface CompiledFilter {
  readonly func: (exception: unknown, host: ArgumentsHost) => unknown;
  /** The classes of `@Catch`; none for everything. */
  readonly exceptionMetatypes: readonly Type[];
}

/**
 * Runs the first filter that catches the exception. What it returns is the reply; what it throws
 * is the error; a filter that returns nothing leaves the exception as it is, so that one that only
 * logs swallows no outcome.
 *
 * @param filters the nearest to the method first.
 */
export function runFilters(
  filters: readonly CompiledFilter[],
  exception: unknown,
  host: ArgumentsHost,
): FilterOutcome | Promise<FilterOutcome> {
  const filter = filters.find((candidate) => catches(candidate, exception));
  if (filter === undefined) return { error: exception };
  try {
    const result = filter.func(exception, host);
    if (isPending(result)) return settle(result, exception);
    return toOutcome(result, exception);
  } catch (error) {
    return toThrown(error, exception);
  }
}

function catches({ exceptionMetatypes }: CompiledFilter, exception: unknown): boolean {
  return (
    exceptionMetatypes.length === 0 ||
    exceptionMetatypes.some((type) => isInstance(exception, type))
  );
}

async function settle(result: unknown, exception: unknown): Promise<FilterOutcome> {
  try {
    return toOutcome(await settleAnswer(result, { defaultValue: undefined }), exception);
  } catch (error) {
    return toThrown(error, exception);
  }
}

function toOutcome(result: unknown, exception: unknown): FilterOutcome {
  return result === undefined ? { error: exception } : { reply: result };
}

function toThrown(error: unknown, caught: unknown): FilterOutcome {
  return error === caught || !isUnexpected(error) ? { error } : { error, caught };
}
