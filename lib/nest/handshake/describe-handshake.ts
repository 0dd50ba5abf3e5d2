import { readRequestTarget } from '../../server/path/request-target.js';
import type { WsHandshake } from '../connection/ws-handshake.js';
import { isAsItCame, type UpgradeRequest } from './upgrade-request.js';

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
  const { path, params, headers, ip, user, session } = request;
  const { origin } = headers;
  return {
    id,
    path,
    params: orNothing(params),
    query: isAsItCame(request, 'query') ? queryOf(request) : orNothing(request.query),
    headers,
    cookies: isAsItCame(request, 'cookies')
      ? headers.cookie || NOTHING
      : orNothing(request.cookies),
    ip,
    origin,
    protocol,
    user,
    session,
  };
}

/** As it came. */
function queryOf({ originalUrl }: UpgradeRequest): string | typeof NOTHING {
  return readRequestTarget(originalUrl)?.query || NOTHING;
}

function orNothing<Fields extends object>(fields: Fields): Fields | typeof NOTHING {
  for (const name in fields) if (Object.hasOwn(fields, name)) return fields;
  return NOTHING;
}
