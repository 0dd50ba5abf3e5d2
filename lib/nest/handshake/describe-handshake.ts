import type { WsHandshake } from '../ws-connection.js';
import type { UpgradeRequest } from './upgrade-request.js';

/** Shared by all connections, which otherwise had three empty objects each, of 184 bytes. */
const NOTHING: Readonly<Record<string, never>> = Object.freeze(
  Object.create(null) as Record<string, never>,
);

/** What a connection keeps of its handshake, with what the guards found out. */
export function describeHandshake(
  id: string,
  request: UpgradeRequest,
  protocol: string,
): WsHandshake {
  const { path, params, query, headers, cookies, ip, user, session } = request;
  const { origin } = headers;
  return {
    id,
    path,
    params: orNothing(params),
    query: orNothing(query),
    headers,
    cookies: orNothing(cookies),
    ip,
    origin,
    protocol,
    user,
    session,
  };
}

function orNothing<Fields extends object>(fields: Fields): Fields | typeof NOTHING {
  for (const name in fields) if (Object.hasOwn(fields, name)) return fields;
  return NOTHING;
}
