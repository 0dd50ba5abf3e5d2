import { STATUS_REASONS } from './status-reasons.js';
import { assertHeader } from './header-values.js';

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
  const headers: Record<string, string | readonly string[]> = {
    'Content-Type': 'text/plain; charset=utf-8',
    ...refusal.headers,
    'Content-Length': String(body.length),
    Connection: 'close',
  };
  const head = [`HTTP/1.1 ${refusal.status} ${STATUS_REASONS[refusal.status] ?? 'Refused'}`];
  for (const [name, value] of Object.entries(headers)) {
    for (const line of typeof value === 'string' ? [value] : value) {
      assertHeader(name, line);
      head.push(`${name}: ${line}`);
    }
  }
  return Buffer.concat([Buffer.from(head.join('\r\n') + '\r\n\r\n', 'latin1'), body]);
}
