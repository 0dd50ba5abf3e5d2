/** What one WebSocket close code means between a Wsgate server and its client. */
export interface CloseCodeFact {
  readonly meaning: string;
  /** May a client reconnect by itself after it? */
  readonly reconnect: 'at once' | 'with backoff' | 'after login' | 'no';
}

/** The close codes of `wsgate.v1`. PROTOCOL.md prints this table; a test holds the two equal. */
export const CLOSE_CODES = {
  1000: { meaning: 'done, closed by the application', reconnect: 'no' },
  1001: {
    meaning: 'the server goes away, as goaway said, or the client was idle',
    reconnect: 'at once',
  },
  1002: { meaning: 'the peer broke RFC 6455', reconnect: 'no' },
  1003: {
    meaning: "a kind of message this endpoint does not take; Wsgate's server never sends it",
    reconnect: 'no',
  },
  1007: { meaning: 'text that is not UTF-8, or data that cannot be inflated', reconnect: 'no' },
  1008: { meaning: 'a rule of the server was broken', reconnect: 'no' },
  1009: { meaning: 'a message over the size limit', reconnect: 'no' },
  1011: {
    meaning: 'the server failed: a hook, a guard or the codec threw, or took too long',
    reconnect: 'with backoff',
  },
  1013: {
    meaning: 'pushes came faster than they were read, or the server is short of memory',
    reconnect: 'with backoff',
  },
  4401: { meaning: 'the session ended', reconnect: 'after login' },
  4403: { meaning: 'no longer allowed here', reconnect: 'no' },
  4408: {
    meaning: 'too slow: nothing was read, or a message did not end, until a deadline passed',
    reconnect: 'with backoff',
  },
  4429: {
    meaning: 'too many messages or pings, or a hook or a guard said so',
    reconnect: 'with backoff',
  },
} as const satisfies Readonly<Record<number, CloseCodeFact>>;

/** A close code of {@link CLOSE_CODES}. */
export type WsgateCloseCode = keyof typeof CLOSE_CODES;

/** The names of those that are not RFC 6455's. */
export const WSGATE_CLOSE_CODE = {
  SESSION_ENDED: 4401,
  NO_LONGER_ALLOWED: 4403,
  TOO_SLOW: 4408,
  TOO_MANY: 4429,
} as const satisfies Readonly<Record<string, WsgateCloseCode>>;
