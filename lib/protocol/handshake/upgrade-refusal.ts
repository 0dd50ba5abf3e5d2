import { STATUS_REASONS } from './status-reasons.js';
import { assertHeader } from './header-values.js';

/** Headers that say where a response ends; set here and nowhere else. */
const FRAMING_HEADERS: readonly string[] = ['content-length', 'transfer-encoding', 'connection'];

/** Why an opening handshake is refused, as an HTTP answer. */
export interface UpgradeRefusal {
  /** HTTP status, 300 to 599. */
  readonly status: number;
  /** The body: plain text by default, or whatever `Content-Type` in `headers` says. Never the client's own bytes. */
  readonly reason: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/** Tells a refusal from whatever else a handshake step may give. */
export function isUpgradeRefusal(value: object): value is UpgradeRefusal {
  return 'status' in value;
}

/**
 * Writes a refusal as a complete HTTP/1.1 response that ends the connection. Throws
 * {@link InvalidUse} for a header that could smuggle a second line in.
 */
export function writeUpgradeRefusal(refusal: UpgradeRefusal): Buffer {
  const body = Buffer.from(refusal.reason, 'utf8');
  const head = [`HTTP/1.1 ${refusal.status} ${STATUS_REASONS[refusal.status] ?? 'Refused'}`];
  const append = (name: string, value: string): void => {
    assertHeader(name, value);
    head.push(`${name}: ${value}`);
  };
  const given = Object.entries(refusal.headers).map(([name, value]) => ({
    name,
    lower: name.toLowerCase(),
    lines: typeof value === 'string' ? [value] : value,
  }));
  const hasType = given.some(({ lower }) => lower === 'content-type');
  if (!hasType) append('Content-Type', 'text/plain; charset=utf-8');
  for (const { name, lower, lines } of given) {
    // Names have no case: a second length, or an encoding, would move the end of the response.
    if (!FRAMING_HEADERS.includes(lower)) for (const line of lines) append(name, line);
  }
  append('Content-Length', String(body.length));
  append('Connection', 'close');
  return Buffer.concat([Buffer.from(head.join('\r\n') + '\r\n\r\n', 'latin1'), body]);
}
