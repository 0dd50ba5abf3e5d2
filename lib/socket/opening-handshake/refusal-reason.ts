/** Longer texts are pages, or nothing to be read in one line. */
const LONGEST_REASON = 200;

/**
 * What the body of a refused handshake says in a line: the `message` of a JSON object, as Nest's
 * exceptions have it, or a short plain text; empty for anything else, such as an HTML page.
 * Control characters are removed, since it goes into messages and logs.
 */
export function readReason(contentType: string | undefined, body: string): string {
  const isJson = contentType?.startsWith('application/json') === true;
  const isText = contentType?.startsWith('text/plain') === true;
  const text = isJson ? readMessage(body) : isText ? body : '';
  const line = text.replaceAll(/\p{Cc}+/gu, ' ').trim();
  return line.length <= LONGEST_REASON ? line : '';
}

function readMessage(body: string): string {
  try {
    const { message } = JSON.parse(body) as { readonly message?: unknown };
    return typeof message === 'string' ? message : '';
  } catch {
    return '';
  }
}
