/** RFC 9110 5.6.2: the characters of a token that are neither letters nor digits. */
const TOKEN_SYMBOLS = "!#$%&'*+-.^_`|~";

/** Whether a token may contain the character, by ASCII code. */
const IS_TOKEN: readonly boolean[] = Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /[A-Za-z0-9]/.test(character) || TOKEN_SYMBOLS.includes(character);
});

/**
 * Whether a token (RFC 9110 5.6.2) may contain this character; false for NaN, as read
 * past the end of a string.
 */
export function isTokenCharacter(code: number): boolean {
  return IS_TOKEN[code] ?? false;
}

/** Whether the text is a token: not empty, and of token characters only. */
export function isToken(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (!isTokenCharacter(text.charCodeAt(at))) return false;
  }
  return text !== '';
}

/** Whether a comma-separated list holds the token, compared without regard to case. */
export function listHasToken(list: string, token: string): boolean {
  return list.split(',').some((item) => item.trim().toLowerCase() === token);
}
