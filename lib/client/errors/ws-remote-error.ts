import type { WireError } from '../../protocol/wsgate/wire-error.js';

/** The server answered with an error. */
export class WsRemoteError extends Error {
  override readonly name = 'WsRemoteError';
  /** A code of the protocol (`VALIDATION`, `FORBIDDEN` ...) or one of the application. */
  readonly code: string;
  /** The type of the call or stream that failed; undefined where the server could not tell. */
  readonly type: string | undefined;
  /** The HTTP status that says the same, where there is one. */
  readonly status: number | undefined;
  /** More, of a shape the code implies: `VALIDATION` gives one `FieldError` per field. */
  readonly details: unknown;

  constructor({ code, message, status, details }: WireError, type?: string) {
    super(message);
    this.code = code;
    this.type = type;
    this.status = status;
    this.details = details;
  }
}
