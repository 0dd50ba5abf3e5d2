/** Receives the items of a stream; as in rxjs. */
export interface WsObserver<T> {
  readonly next?: (item: T) => void;
  readonly error?: (error: unknown) => void;
  readonly complete?: () => void;
}

/** A subscription to a stream; as in rxjs. */
export interface WsSubscription {
  /** Whether it is over: unsubscribed, completed or failed. */
  readonly closed: boolean;
  /** Wants no more; the server is told. */
  unsubscribe(): void;
}
