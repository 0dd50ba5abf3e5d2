import { ItemQueue } from './item-queue.js';
import type { Source, StartSource } from './source.js';

/** Items that are asked for one by one. The source is started by the first request. */
export function pullItems<T>(
  start: StartSource<T>,
): AsyncIterableIterator<T, undefined> & { return(): Promise<IteratorResult<T, undefined>> } {
  let source: Source | undefined;
  let isOver = false;
  const queue = new ItemQueue<T>(() => source?.took());
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next() {
      if (!isOver) source ??= start(queue);
      return queue.take();
    },
    return() {
      isOver = true;
      source?.stop();
      queue.clear();
      return queue.take();
    },
  };
}
