/** What an `error` message carries: a code for programs, a sentence for people. */
export interface WireError {
  /** A key of `ERROR_CODES`, the name of an HTTP status (`NOT_FOUND`), or the application's own. */
  readonly code: string;
  /** For people. */
  readonly message: string;
  /** The HTTP status that says the same, where there is one. */
  readonly status?: number | undefined;
  /** More for the client, of a shape the code implies: `VALIDATION` gives one entry per field. */
  readonly details?: unknown;
}
