const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Counts the members and items of a JSON text, at every depth, without parsing it, and stops at the
 * limit. Parsing a MiB of them takes 0.1 s, and compressed such a message has 1 KiB.
 *
 * @param limit 0: no limit
 * @returns undefined if there are at most `limit`, or if the text is not JSON. Otherwise those
 *   members of the object that were complete when the limit was reached: `{"type":"note","id":1}`.
 */
export function headOfLargeJson(text: string, limit: number): string | undefined {
  if (limit === 0 || text.length <= limit) return undefined;
  let count = 0;
  let depth = 0;
  let headEnd = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // Digits and colons: most of what is outside of strings.
    if (code > COMMA && code < OPEN_BRACKET) continue;
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === COMMA) {
      if (depth === 1) headEnd = at;
      count++;
    } else if (code === OPEN_BRACKET || code === OPEN_BRACE) {
      depth++;
      if (!isClosedNext(text, at + 1)) count++;
    } else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) depth--;
    if (count > limit) return readHead(text, headEnd);
  }
  return undefined;
}

function readHead(text: string, end: number): string {
  return end > 0 && text.trimStart().startsWith('{') ? `${text.slice(0, end)}}` : '{}';
}

/** The index of the quote that ends a string; the end of the text if there is none. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return text.length;
    let slashes = quote;
    while (text.charCodeAt(slashes - 1) === BACKSLASH) slashes--;
    // After an even number of backslashes, each two of which stand for one, it is not escaped.
    if ((quote - slashes) % 2 === 0) return quote;
    at = quote + 1;
  }
}

/** Does nothing but white space (RFC 8259 2) come before the bracket that closes? */
function isClosedNext(text: string, from: number): boolean {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= SPACE) at++;
  const code = text.charCodeAt(at);
  return code === CLOSE_BRACKET || code === CLOSE_BRACE;
}
