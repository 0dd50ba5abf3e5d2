import type { RequestOptions } from 'node:https';
import type { SocketOptions } from '../socket-options.js';

/** Headers a client adds to its opening handshake, by name. */
export type HandshakeHeaders = Readonly<
  Record<string, number | string | readonly string[] | undefined>
>;

/** Options of the Node client: those of `https.request` (TLS, agent, lookup ...) and these. */
export interface ClientOptions
  extends
    SocketOptions,
    Omit<
      RequestOptions,
      'headers' | 'host' | 'hostname' | 'path' | 'port' | 'method' | 'protocol' | 'timeout'
    > {
  /** Headers of the opening handshake beside its own. */
  readonly headers?: HandshakeHeaders | undefined;
  /** The Origin header. Default: none, since this client is not a browser. */
  readonly origin?: string | undefined;
  /** Milliseconds the opening handshake may take; 0: no limit. Default 10 000. */
  readonly handshakeTimeout?: number | undefined;
  /** Follow redirects. Default false: a redirect is an answer other than 101. */
  readonly followRedirects?: boolean | undefined;
  /** How many redirects to follow. Default 10. */
  readonly maxRedirects?: number | undefined;
}
