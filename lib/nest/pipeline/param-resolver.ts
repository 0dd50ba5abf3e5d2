import type { ExecutionContext } from '@nestjs/common';
import { isThenable } from '../is-thenable.js';
import type { CompiledParam } from './compiled-param.js';
import type { MessageArguments } from './message-context.js';

/**
 * Makes the arguments of a handler. All parameters move abreast, as in Nest: every first pipe runs
 * before any second one, so the first error is the same one. Promises appear only with the first
 * pipe that returns one.
 */
export class ParamResolver {
  private readonly depth: number;
  private readonly length: number;

  /** @param params in the order Nest keeps them in, which is the order they are resolved in. */
  constructor(private readonly params: readonly CompiledParam[]) {
    this.depth = Math.max(0, ...params.map(({ pipes }) => pipes.length));
    this.length = Math.max(0, ...params.map(({ index }) => index + 1));
  }

  /** @throws what a pipe throws, or rejects with it. */
  resolve(args: MessageArguments, context: ExecutionContext): unknown[] | Promise<unknown[]> {
    const values = Array.from<unknown>({ length: this.length });
    let waits = false;
    for (const { index, extract, isPipeable } of this.params) {
      const value = extract(args, context);
      values[index] = value;
      waits ||= isPipeable && isThenable(value);
    }
    return waits ? this.finishAll(values, 0, -1) : this.pipe(values);
  }

  private pipe(values: unknown[]): unknown[] | Promise<unknown[]> {
    for (let level = 0; level < this.depth; level++) {
      for (let position = 0; position < this.params.length; position++) {
        const { index, pipes, metadata } = this.params[position];
        if (level >= pipes.length) continue;
        const value: unknown = pipes[level].transform(values[index], metadata);
        values[index] = value;
        if (isThenable(value)) return this.finishAll(values, level, position);
      }
    }
    return values;
  }

  /** @param position the last parameter that has been through the pipe of this level already. */
  private async finishAll(values: unknown[], level: number, position: number): Promise<unknown[]> {
    await Promise.all(
      this.params.map((param, at) => finish(values, param, at <= position ? level + 1 : level)),
    );
    return values;
  }
}

async function finish(values: unknown[], param: CompiledParam, from: number): Promise<void> {
  const { index, pipes, metadata, isPipeable } = param;
  if (!isPipeable) return;
  let value = await values[index];
  for (const pipe of pipes.slice(from)) value = await pipe.transform(value, metadata);
  values[index] = value;
}
