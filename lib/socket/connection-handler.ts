/**
 * Receives what happens on a {@link Connection}. One object rather than events, so that a message
 * costs one call.
 */
export interface ConnectionHandler {
  /** A whole message: a string for text, a Buffer for binary, which the handler may keep. */
  onMessage(data: string | Buffer, isBinary: boolean): void;
  /** A ping; it has been answered unless `autoPong` is off. */
  onPing(payload: Buffer): void;
  onPong(payload: Buffer): void;
  /** Everything sent has left, at once or after a wait: `bufferedAmount` is 0 again. */
  onDrain(): void;
  /** A {@link ProtocolViolation} of the peer, or an error of the transport. `onClose` follows. */
  onError(error: Error): void;
  /** Exactly once. 1005: the Close frame had no code; 1006: there was none (RFC 6455 7.1.5). */
  onClose(code: number, reason: string, wasClean: boolean): void;
}
