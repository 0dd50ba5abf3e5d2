import type { WsHandshake } from '../ws-connection.js';
import type { UpgradeRequest } from './upgrade-request.js';

/** What a connection keeps of its handshake, the guards' findings among it. */
export function describeHandshake(
  id: string,
  request: UpgradeRequest,
  protocol: string,
): WsHandshake {
  const { path, params, query, headers, cookies, ip, user, session } = request;
  const { origin } = headers;
  return { id, path, params, query, headers, cookies, ip, origin, protocol, user, session };
}
