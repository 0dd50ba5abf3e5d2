/**
 * The caller used this library wrongly: a value out of range, a call in a state that forbids it.
 * The message says what was wrong, what was expected and where. The connection is left as it was.
 */
export class InvalidUse extends Error {
  override readonly name = 'InvalidUse';
  /** For programs, as the errors of Node have one. */
  readonly code = 'WSGATE_INVALID_USE';
}
