import { atLeast, oneOf, type OptionKinds } from './option-kinds.js';

/** What happens to the values of an Observable that come faster than the client takes them. */
export type StreamOverflow = 'buffer' | 'dropOldest' | 'dropNewest' | 'latest' | 'error';

/**
 * What to do when a handler's Observable emits faster than its client reads. An AsyncIterable needs
 * no such options: it is pulled only as fast as the client reads.
 */
export interface StreamOptions {
  /**
   * - `buffer`: keep up to `buffer` values, or `bufferBytes` of them; one more fails the
   *   stream with `OVERFLOW`.
   * - `dropOldest`, `dropNewest`: keep up to `buffer` values and drop one of them, or the new one.
   * - `latest`: keep the newest value only.
   * - `error`: keep nothing; a value that cannot be sent at once fails the stream with `OVERFLOW`.
   *
   * Default `buffer`.
   */
  readonly overflow?: StreamOverflow | undefined;
  /** How many values wait for the client, at most. Default 256. */
  readonly buffer?: number | undefined;
  /**
   * Bytes of messages with such values (of text, UTF-16 units) from which no more may wait. Whatever
   * its size, one value may wait, and one more than the bytes. Not of `latest`. Default 1 MiB.
   */
  readonly bufferBytes?: number | undefined;
}

/** The defaults of {@link StreamOptions}. */
export const STREAM_DEFAULTS: Readonly<Required<StreamOptions>> = {
  overflow: 'buffer',
  buffer: 256,
  bufferBytes: 1024 * 1024,
};

/** The kinds of values {@link StreamOptions} take. */
export const STREAM_KINDS: Readonly<OptionKinds<StreamOptions>> = {
  overflow: oneOf('buffer', 'dropOldest', 'dropNewest', 'latest', 'error'),
  buffer: atLeast(0),
  bufferBytes: atLeast(1),
};
