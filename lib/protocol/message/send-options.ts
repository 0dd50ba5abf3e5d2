/** How one message, or one fragment of one, is sent. */
export interface SendOptions {
  /** Compress it, where permessage-deflate was agreed and the message is large enough. Default true. */
  readonly compress?: boolean | undefined;
  /** The message ends here; false leaves it open for more fragments. Default true. */
  readonly fin?: boolean | undefined;
}
