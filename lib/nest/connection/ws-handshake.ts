import type { IncomingHttpHeaders } from 'node:http';

/** What is known of a connection from its handshake. */
export interface WsHandshake<User = unknown> {
  readonly id: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  /**
   * A text as long as nobody has read it, like that of the cookies: taken apart, 15 KiB of a query
   * are 200 KiB of names and values, and few connections are asked for them.
   */
  readonly query: string | Readonly<Record<string, string | string[]>>;
  readonly headers: IncomingHttpHeaders;
  readonly cookies: string | Readonly<Record<string, string | undefined>>;
  readonly ip: string;
  readonly origin: string | undefined;
  readonly protocol: string;
  readonly user: User;
  readonly session?: unknown;
}
