/** What one error code of the protocol means. */
export interface ErrorCodeFact {
  /** The HTTP status sent along, unless the failure brings its own. */
  readonly status: number;
  /** What went wrong, in the words PROTOCOL.md uses. */
  readonly meaning: string;
  /** What the client should do. */
  readonly advice: string;
}

/** The error codes of `wsgate.v1`. PROTOCOL.md prints this table; a test holds the two equal. */
export const ERROR_CODES = {
  BAD_MESSAGE: {
    status: 400,
    meaning: 'not decodable, not an object, an unknown op, or a member of the wrong kind',
    advice: 'mend the client',
  },
  UNKNOWN_TYPE: {
    status: 404,
    meaning: 'no handler for this type on this path',
    advice: 'mend the client, or its URL',
  },
  DUPLICATE_ID: {
    status: 409,
    meaning: 'a call with this id is in flight; the later one is refused, the earlier goes on',
    advice: 'mend the client',
  },
  VALIDATION: {
    status: 400,
    meaning: 'the payload is not what the handler takes; details lists path and messages per field',
    advice: 'show the details, change the payload',
  },
  UNAUTHORIZED: {
    status: 401,
    meaning: 'nobody is logged in, or no longer',
    advice: 'log in, then reconnect',
  },
  FORBIDDEN: {
    status: 403,
    meaning: 'this user may not do this',
    advice: 'do not retry',
  },
  RATE_LIMITED: {
    status: 429,
    meaning: 'too many messages in too short a time; details may say when there is room again',
    advice: 'wait for details.retryAfterMs milliseconds, then go on more slowly',
  },
  OVERFLOW: {
    status: 503,
    meaning:
      "a buffer or table of the server is full: the stream's buffer, or the streams open on this " +
      'connection',
    advice: 'read faster, or open fewer streams, then call again',
  },
  TIMEOUT: {
    status: 504,
    meaning: 'the handler did not answer within its deadline; whether it had effects is unknown',
    advice: 'retry if the call is idempotent',
  },
  INTERNAL: {
    status: 500,
    meaning: 'the server failed; it keeps the reason to itself',
    advice: 'report it with the time and the type',
  },
} as const satisfies Readonly<Record<string, ErrorCodeFact>>;

/** A code the protocol itself defines. Applications add their own beside these. */
export type ErrorCode = keyof typeof ERROR_CODES;
