import { InvalidUse } from '../invalid-use.js';
import { isToken } from './tokens.js';

/** The head of an HTTP response, written line by line. */
export class HeaderLines {
  readonly #lines: string[];

  /** @param first the lines before the headers, written as they are */
  constructor(...first: string[]) {
    this.#lines = first;
  }

  /**
   * Adds a header, repeated for each of its values. Throws {@link InvalidUse} if it would not be
   * one line.
   */
  append(name: string, values: string | readonly string[]): void {
    for (const value of typeof values === 'string' ? [values] : values) {
      assertHeader(name, value);
      this.#lines.push(`${name}: ${value}`);
    }
  }

  /** All lines, and the empty line that ends them. */
  toBytes(): Buffer {
    return Buffer.from(this.#lines.join('\r\n') + '\r\n\r\n', 'latin1');
  }
}

/**
 * Throws {@link InvalidUse} unless the header is one line: its name a token, its value without
 * control characters (RFC 9110 5.5). So no value can smuggle in another header.
 */
function assertHeader(name: string, value: string): void {
  if (!isToken(name)) throw new InvalidUse(`header name ${JSON.stringify(name)} is not a token`);
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    const isControl = (code < 0x20 && code !== 0x09) || code === 0x7f;
    if (isControl || code > 0xff) {
      throw new InvalidUse(
        `header ${name}: the character at ${at} is not allowed; expected printable Latin-1`,
      );
    }
  }
}
