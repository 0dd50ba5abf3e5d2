/**
 * An error with a code of the application: `{ op: "error", error: { code, message, details } }`.
 * Everything given here is sent to the client.
 */
export class WsException extends Error {
  override readonly name = 'WsException';

  /**
   * @param code for programs, in capitals with underscores: `ROOM_FULL`.
   * @param message for people.
   * @param details anything the codec can write.
   */
  constructor(
    readonly code: string,
    message: string,
    readonly details?: unknown,
  ) {
    super(message);
  }
}
