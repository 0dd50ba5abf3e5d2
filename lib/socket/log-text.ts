/** Characters of a text that reach the log. */
const LONGEST = 2_000;

/** Characters of a quoted text that do. */
const LONGEST_QUOTED = 200;

/**
 * What a terminal obeys, or shows as something else than it is: control characters of both sets
 * (ISO 6429) but for tabs and line breaks, Unicode's line separators, and what turns the direction
 * of writing.
 */
const UNSAFE = /[^\P{Cc}\t\n]|[\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A text as it may be logged even if a client has chosen a part of it: not long, and with nothing in
 * it that a terminal obeys. Lines after the first are indented, as those of a stack trace are, so
 * that none of them passes for one of the log's own.
 *
 * @param longest characters that are shown
 */
export function toLogText(text: string, longest = LONGEST): string {
  const left = text.length - longest;
  const shown = left > 0 ? `${text.slice(0, longest)}... (${left} characters more)` : text;
  return shown.replace(UNSAFE, escape).replaceAll(/\n(?! {4})/g, '\n    ');
}

/** A text that a client alone has chosen: as JSON, on one line, in ASCII. */
export function quoteForLog(text: string): string {
  return JSON.stringify(text.slice(0, LONGEST_QUOTED)).replace(/[^\x20-\x7e]/g, escape);
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
