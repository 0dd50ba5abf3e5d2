/** Receives the items of a stream; as in rxjs. */
export interface WsObserver<T> {
  /** Gets each item. */
  readonly next?: (item: T) => void;
  /** The stream has failed: a `WsClientError`, or a `WsRemoteError` of the server's. */
  readonly error?: (error: unknown) => void;
  /** The stream has ended. */
  readonly complete?: () => void;
}

/** A subscription to a stream; as in rxjs. */
export interface WsSubscription {
  /** Whether it is over: unsubscribed, completed or failed. */
  readonly closed: boolean;
  /** Wants no more; the server is told. */
  unsubscribe(): void;
}
