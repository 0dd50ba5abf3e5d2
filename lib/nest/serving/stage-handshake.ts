import type { IncomingMessage } from 'node:http';
import type { PathParams } from '../../server/path-router.js';
import type { TrustProxy } from '../handshake/forwarded.js';
import { HandshakeResponse } from '../handshake/handshake-response.js';
import { dressRequest, type UpgradeRequest } from '../handshake/upgrade-request.js';
import { applyHttpPrototypes, type HttpPrototypes } from './http-prototypes.js';

/** What guards get to see of an upgrade. */
export interface StagedHandshake {
  readonly request: UpgradeRequest;
  readonly response: HandshakeResponse;
}

/** What the request is given for the guards. */
export interface Staging {
  readonly params: PathParams;
  readonly trustProxy: TrustProxy;
  readonly prototypes: HttpPrototypes | undefined;
  readonly isRecheck: boolean;
}

/** Makes an upgrade ready for guards: a request as their framework has it, and a response. */
export function stageHandshake(
  request: IncomingMessage,
  { params, trustProxy, prototypes, isRecheck }: Staging,
): StagedHandshake {
  const response = new HandshakeResponse(request);
  applyHttpPrototypes(prototypes, request, response.response);
  return { request: dressRequest(request, params, trustProxy, isRecheck), response };
}
