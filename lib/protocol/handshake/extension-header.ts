import { ProtocolViolation } from '../protocol-violation.js';
import { isTokenCharacter } from './tokens.js';

/** One extension as `Sec-WebSocket-Extensions` names it: an offer, or an acceptance. */
export interface ExtensionItem {
  readonly name: string;
  /** In order, repeats kept; a parameter without a value has `undefined`. */
  readonly parameters: readonly ExtensionParameter[];
}

/** `name` or `name=value`; quotes around a value have been taken off. */
export interface ExtensionParameter {
  readonly name: string;
  /** Undefined where there is none: `name` alone. */
  readonly value: string | undefined;
}

/**
 * Reads a `Sec-WebSocket-Extensions` header by the grammar of RFC 6455 9.1, in one pass without
 * backtracking; throws {@link ProtocolViolation} where it does not follow it. Empty elements count
 * for nothing, as a recipient "MUST parse and ignore" them (RFC 9110 5.6.1.2).
 */
export function readExtensionHeader(header: string): readonly ExtensionItem[] {
  const cursor = new HeaderCursor(header);
  const items: ExtensionItem[] = [];
  cursor.skipAll(',');
  do {
    const name = cursor.token();
    const parameters: ExtensionParameter[] = [];
    while (cursor.skip(';')) parameters.push(readParameter(cursor));
    items.push({ name, parameters });
  } while (cursor.skipAll(',') && !cursor.isAtEnd);
  cursor.expectEnd();
  return items;
}

/** The reverse of {@link readExtensionHeader}, for one item. */
export function writeExtensionItem(item: ExtensionItem): string {
  return [
    item.name,
    ...item.parameters.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`)),
  ].join('; ');
}

function readParameter(cursor: HeaderCursor): ExtensionParameter {
  const name = cursor.token();
  if (!cursor.skip('=')) return { name, value: undefined };
  return { name, value: cursor.peek() === '"' ? cursor.quotedToken() : cursor.token() };
}

/** Walks a header value once, from left to right. */
class HeaderCursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  peek(): string | undefined {
    return this.#text[this.#at];
  }

  /** Takes the separator, and the white space around it, if it is next. */
  skip(separator: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== separator) return false;
    this.#at++;
    this.#skipSpace();
    return true;
  }

  /** The same for any number of them. Returns whether there was one. */
  skipAll(separator: string): boolean {
    if (!this.skip(separator)) return false;
    while (this.skip(separator));
    return true;
  }

  token(): string {
    this.#skipSpace();
    const start = this.#at;
    while (isTokenCharacter(this.#text.charCodeAt(this.#at))) this.#at++;
    if (this.#at === start) throw new ProtocolViolation('extension-header-malformed');
    return this.#text.slice(start, this.#at);
  }

  /**
   * "When using the quoted-string syntax variant, the value after quoted-string unescaping MUST
   * conform to the 'token' ABNF."
   */
  quotedToken(): string {
    let value = '';
    for (this.#at++; this.#text[this.#at] !== '"'; this.#at++) {
      if (this.#text[this.#at] === '\\') this.#at++;
      if (!isTokenCharacter(this.#text.charCodeAt(this.#at))) {
        throw new ProtocolViolation('extension-header-malformed');
      }
      value += this.#text[this.#at];
    }
    this.#at++;
    if (value === '') throw new ProtocolViolation('extension-header-malformed');
    return value;
  }

  expectEnd(): void {
    this.#skipSpace();
    if (!this.isAtEnd) throw new ProtocolViolation('extension-header-malformed');
  }

  #skipSpace(): void {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at++;
  }
}
