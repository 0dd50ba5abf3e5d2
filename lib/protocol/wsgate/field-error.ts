/** What is wrong with one field of a payload: an entry of a `VALIDATION` error's `details`. */
export interface FieldError {
  /** Where the field is, joined by dots: `address.lines.0`; empty for the payload itself. */
  readonly path: string;
  /** Everything that is wrong with it. */
  readonly messages: readonly string[];
}
