import { assertCodec } from '../client/options/assert-codec.js';
import { assertOptions } from '../client/options/assert-options.js';
import type { WsClientCodec } from '../client/client-codec.js';

/** What the client of a test says of itself in its opening handshake. */
export interface ConnectOptions {
  /** Headers of the opening handshake, beside its own. Default none. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as the Cookie header; values as they are on the wire, signed or encoded where need be. */
  readonly cookies?: Readonly<Record<string, string>> | undefined;
  /** The Origin header. Default: none, since this client is not a browser. */
  readonly origin?: string | undefined;
  /** The Host header. Default `localhost`. */
  readonly host?: string | undefined;
  /** How messages travel. Default JSON, `wsgate.v1`. */
  readonly codec?: WsClientCodec | undefined;
  /**
   * How long a call may take, and `nextEvent` wait, in milliseconds; 0: no limit. Default 4 000, so
   * that their errors come before a test runner's own, which name no cause.
   */
  readonly timeoutMs?: number | undefined;
}

/** Every option there is, with a value of its kind. */
const KNOWN: Readonly<Record<keyof ConnectOptions, unknown>> = {
  headers: {},
  cookies: {},
  origin: '',
  host: '',
  codec: {},
  timeoutMs: 0,
};

/** Test runners do not check types: a misspelt `cookies` would be a test of strangers. */
export function assertConnectOptions(options: ConnectOptions): void {
  assertOptions('connect: ', options, KNOWN);
  if (options.codec !== undefined) assertCodec('connect: codec', options.codec);
}

/** The options as header lines. */
export function headersOf(options: ConnectOptions): Record<string, string> {
  const cookie = Object.entries(options.cookies ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
  return {
    Host: options.host ?? 'localhost',
    ...options.headers,
    ...(options.origin !== undefined && { Origin: options.origin }),
    ...(cookie !== '' && { Cookie: cookie }),
  };
}
