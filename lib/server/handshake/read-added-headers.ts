import { InvalidUse } from '../../protocol/invalid-use.js';

/**
 * The header lines that listeners of `headers` added, as `Name: value`, by name. Throws
 * {@link InvalidUse} for a line without a colon.
 */
export function readAddedHeaders(lines: readonly string[]): Record<string, string[]> {
  const headers: Record<string, string[]> = Object.create(null);
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon === -1) throw new InvalidUse(`headers: a line without a colon was added: "${line}"`);
    (headers[line.slice(0, colon)] ??= []).push(line.slice(colon + 1).trim());
  }
  return headers;
}
