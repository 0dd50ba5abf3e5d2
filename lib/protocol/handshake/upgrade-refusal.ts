import { HeaderLines } from './header-lines.js';
import { STATUS_REASONS } from './status-reasons.js';

/** Headers that say where a response ends. They are always set here: a refusal cannot give them. */
const FRAMING_HEADERS: readonly string[] = ['content-length', 'transfer-encoding', 'connection'];

/** Why an opening handshake is refused, as an HTTP answer. */
export interface UpgradeRefusal {
  /** HTTP status, 300 to 599. */
  readonly status: number;
  /**
   * The body: plain text by default, or whatever `Content-Type` in `headers` says. Never
   * the client's own bytes.
   */
  readonly reason: string;
  /** Besides those that say where the response ends. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/** Tells a refusal from the result of a handshake step that succeeded. */
export function isUpgradeRefusal(value: object): value is UpgradeRefusal {
  return 'status' in value;
}

/**
 * Writes a refusal as a complete HTTP/1.1 response that ends the connection. Throws
 * {@link InvalidUse} for a header that could smuggle a second line in.
 */
export function writeUpgradeRefusal(refusal: UpgradeRefusal): Buffer {
  const body = Buffer.from(refusal.reason, 'utf8');
  const head = new HeaderLines(
    `HTTP/1.1 ${refusal.status} ${STATUS_REASONS[refusal.status] ?? 'Refused'}`,
  );
  // Header names are case-insensitive.
  const given = new Set(Object.keys(refusal.headers).map((name) => name.toLowerCase()));
  if (!given.has('content-type')) head.append('Content-Type', 'text/plain; charset=utf-8');
  for (const [name, values] of Object.entries(refusal.headers)) {
    // The response would end elsewhere with a second length, or with a transfer encoding.
    if (!FRAMING_HEADERS.includes(name.toLowerCase())) head.append(name, values);
  }
  head.append('Content-Length', String(body.length));
  // RFC 9110 7.8: "A sender of Upgrade MUST also send an "Upgrade" connection option".
  head.append('Connection', given.has('upgrade') ? 'close, Upgrade' : 'close');
  return Buffer.concat([head.toBytes(), body]);
}
