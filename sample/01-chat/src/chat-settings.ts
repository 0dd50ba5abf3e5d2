/** What differs between a chat on a desk, one in a test and one in production. */
export class ChatSettings {
  constructor(
    /** Sign the session cookie; the first signs, the others still count. */
    readonly secrets: readonly [string, ...string[]],
    /** Where sessions are kept over a restart. */
    readonly dataFolder: string,
    /** Milliseconds between two prices. */
    readonly priceInterval = 1000,
  ) {}
}
