/** Receives what a source produces; nothing after `error` or `complete`. */
export interface ItemSink<T> {
  next(item: T): void;
  error(error: unknown): void;
  complete(): void;
}

/** Something that produces items until it is stopped. */
export interface Source {
  /** The reader has taken an item. */
  took(): void;
  /** The reader wants no more. Calls nothing of the sink. */
  stop(): void;
}

/** Starts a source that puts its items into the sink. May do so before it returns. */
export type StartSource<T> = (sink: ItemSink<T>) => Source;
