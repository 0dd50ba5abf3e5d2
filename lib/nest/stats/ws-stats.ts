/**
 * What has happened since the application started, counted: for a metrics endpoint. The numbers only
 * grow; a rate is the difference of two.
 */
export interface WsStats {
  /** Connections that were opened: their 101 was sent. */
  readonly opened: number;
  /** Connections that were closed, by the code that `onWsClose` is told. */
  readonly closed: Readonly<Record<string, number>>;
  /**
   * Handshakes that were refused, by HTTP status: by a guard, a limit, the shutdown, or as no legal
   * upgrade. Not those for a path that no gateway has: others may serve it.
   */
  readonly refused: Readonly<Record<string, number>>;
  /**
   * Errors sent to clients, by code: `VALIDATION`, `RATE_LIMITED`, codes of the application's own.
   * Those after the first 100 codes count as `OTHER`.
   */
  readonly errors: Readonly<Record<string, number>>;
  /** Pushes that clients did not get: the sum of `droppedPushes` of all connections there have been. */
  readonly droppedPushes: number;
}
