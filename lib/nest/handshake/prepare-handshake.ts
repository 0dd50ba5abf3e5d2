import type { IncomingMessage } from 'node:http';
import { HandshakeResponse } from './handshake-response.js';
import { applyHttpPrototypes, type HttpPrototypes } from './http-prototypes.js';
import { extendRequest, type RequestFacts, type UpgradeRequest } from './upgrade-request.js';

/** What guards get to see of an upgrade. */
export interface PreparedHandshake {
  readonly request: UpgradeRequest;
  readonly response: HandshakeResponse;
}

/** Makes an upgrade ready for guards: a request as their framework has it, and a response. */
export function prepareHandshake(
  request: IncomingMessage,
  facts: RequestFacts,
  prototypes: HttpPrototypes | undefined,
): PreparedHandshake {
  const response = new HandshakeResponse(request);
  applyHttpPrototypes(prototypes, request, response.response);
  return { request: extendRequest(request, facts), response };
}
