/** What was said, by whom, when. */
export interface ChatMessage {
  readonly id: string;
  readonly from: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}
