import { InvalidUse } from '../errors.js';
import { isToken } from './tokens.js';

/**
 * Throws {@link InvalidUse} unless the header can be written as one line: its name a token, its
 * value free of control characters (RFC 7230 3.2), so that no value can begin a header of its own.
 */
export function assertHeader(name: string, value: string): void {
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
