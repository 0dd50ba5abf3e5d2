/** One price. */
export interface Quote {
  readonly symbol: string;
  readonly price: number;
  /** Since the opening, in percent. */
  readonly change: number;
}

/** All prices of one moment. */
export interface PriceBoard {
  /** Counts the moments. */
  readonly tick: number;
  readonly quotes: readonly Quote[];
}
