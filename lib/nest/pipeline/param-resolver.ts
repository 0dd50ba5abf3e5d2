import type { ExecutionContext } from '@nestjs/common';
import { isThenable } from '../waiting/is-thenable.js';
import type { CompiledParam } from './compiled-param.js';
import type { MessageArguments } from './message-context.js';

/**
 * Makes the arguments of a handler. As in Nest, all parameters advance together: every first pipe
 * runs before any second one, so the same error comes first. Promises are used only from the first
 * pipe on that returns one.
 */
export class ParamResolver {
  readonly #params: readonly CompiledParam[];
  readonly #depth: number;
  readonly #length: number;

  /** @param params in the order Nest keeps them in, which is the order they are resolved in. */
  constructor(params: readonly CompiledParam[]) {
    this.#params = params;
    this.#depth = Math.max(0, ...params.map(({ pipes }) => pipes.length));
    this.#length = Math.max(0, ...params.map(({ index }) => index + 1));
  }

  /** @throws what a pipe throws, or rejects with it. */
  resolve(
    args: MessageArguments,
    context: ExecutionContext | undefined,
  ): unknown[] | Promise<unknown[]> {
    // Not Array.from, which costs more than all the rest of a message without pipes.
    // oxlint-disable-next-line unicorn/no-new-array
    const values = new Array<unknown>(this.#length);
    try {
      if (this.#extract(values, args, context)) return this.#finishAll(values, 0);
      for (let level = 0; level < this.#depth; level++) {
        if (this.#pipe(values, level)) return this.#finishAll(values, level + 1);
      }
      return values;
    } catch (error) {
      // Promises of other parameters may reject later, when nothing listens to them any more.
      silence(values);
      throw error;
    }
  }

  /** @returns whether a value must be awaited. */
  #extract(
    values: unknown[],
    args: MessageArguments,
    context: ExecutionContext | undefined,
  ): boolean {
    let waits = false;
    for (const { index, extract, isPipeable } of this.#params) {
      const value = extract(args, context);
      values[index] = value;
      waits ||= isPipeable && isThenable(value);
    }
    return waits;
  }

  /** Runs pipe number `level` of every parameter that has one. */
  #pipe(values: unknown[], level: number): boolean {
    let waits = false;
    for (const { index, pipes, metadata } of this.#params) {
      if (level >= pipes.length) continue;
      const value: unknown = pipes[level].transform(values[index], metadata);
      values[index] = value;
      waits ||= isThenable(value);
    }
    return waits;
  }

  async #finishAll(values: unknown[], level: number): Promise<unknown[]> {
    await Promise.all(this.#params.map((param) => finish(values, param, level)));
    return values;
  }
}

async function finish(values: unknown[], param: CompiledParam, level: number): Promise<void> {
  const { index, pipes, metadata, isPipeable } = param;
  if (!isPipeable) return;
  let value = await values[index];
  for (const pipe of pipes.slice(level)) value = await pipe.transform(value, metadata);
  values[index] = value;
}

function silence(values: readonly unknown[]): void {
  for (const value of values) {
    if (isThenable(value)) value.then(undefined, () => undefined);
  }
}
