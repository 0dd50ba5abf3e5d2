/** What is traded on this market. */
export const SYMBOLS: readonly string[] = ['OAK', 'TEA', 'INK', 'SALT', 'WOOL'];
