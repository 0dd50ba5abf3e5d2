/** What happens to the values of an Observable that come faster than the client takes them. */
export type StreamOverflow = 'buffer' | 'dropOldest' | 'dropNewest' | 'latest' | 'error';

/**
 * How a handler's Observable meets a client that reads more slowly than the values come. An
 * AsyncIterable needs none of this: it is pulled only as fast as the client reads.
 */
export interface StreamOptions {
  /**
   * - `buffer`: keep up to `buffer` values; one more fails the stream with `OVERFLOW`.
   * - `dropOldest`, `dropNewest`: keep up to `buffer` values and drop one of them, or the new one.
   * - `latest`: keep the newest value only.
   * - `error`: keep nothing; a value that cannot be sent at once fails the stream with `OVERFLOW`.
   *
   * Default `buffer`.
   */
  readonly overflow?: StreamOverflow;
  /** How many values wait for the client, at most. Default 256. */
  readonly buffer?: number;
}

/** The defaults of {@link StreamOptions}. */
export const STREAM_DEFAULTS: Readonly<Required<StreamOptions>> = {
  overflow: 'buffer',
  buffer: 256,
};
