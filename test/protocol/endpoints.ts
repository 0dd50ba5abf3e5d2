import { Endpoint } from '../../lib/protocol/endpoint.js';
import { type EndpointLimits, resolveLimits } from '../../lib/protocol/endpoint-limits.js';
import type { ProtocolEvent } from '../../lib/protocol/events.js';
import { DrivenZlib } from '../../lib/protocol/extensions/permessage-deflate/driven-zlib.js';
import { PerMessageDeflate } from '../../lib/protocol/extensions/permessage-deflate/permessage-deflate.js';
import { PublicZlib } from '../../lib/protocol/extensions/permessage-deflate/public-zlib.js';
import type { ZlibContexts } from '../../lib/protocol/extensions/permessage-deflate/zlib-context.js';
import {
  createClientWorkspace,
  createServerWorkspace,
  type Workspace,
} from '../../lib/protocol/workspace.js';
import type { Deflate, Told } from '../vectors/vector.js';

/** Both ways of driving zlib, by name. */
export const ZLIBS: Readonly<Record<string, ZlibContexts>> = {
  DrivenZlib: new DrivenZlib(),
  'DrivenZlib with one context': new DrivenZlib(1),
  PublicZlib: new PublicZlib(),
};

export interface Setup {
  readonly role: 'server' | 'client';
  readonly deflate?: Deflate | undefined;
  readonly threshold?: number;
  readonly zlib?: ZlibContexts;
  readonly limits?: Partial<EndpointLimits> | undefined;
  readonly autoPong?: boolean | undefined;
  readonly workspace?: Workspace;
}

/** One for all endpoints of a role, as a server has it: they must not disturb each other. */
const WORKSPACES = { server: createServerWorkspace(), client: createClientWorkspace() };

export function openEndpoint(setup: Setup): Endpoint {
  const { deflate, zlib = ZLIBS['DrivenZlib'] } = setup;
  return new Endpoint({
    role: setup.role,
    limits: resolveLimits(setup.limits ?? {}),
    autoPong: setup.autoPong ?? true,
    workspace: setup.workspace ?? WORKSPACES[setup.role],
    deflate: deflate && openDeflate(deflate, setup.threshold ?? 1, zlib),
  });
}

export function openDeflate(
  deflate: Deflate,
  threshold: number,
  zlib: ZlibContexts,
): PerMessageDeflate {
  const agreement = {
    ownWindowBits: deflate.ownBits ?? 15,
    ownNoContextTakeover: deflate.ownForgets ?? false,
    peerWindowBits: deflate.peerBits ?? 15,
    peerNoContextTakeover: deflate.peerForgets ?? false,
    header: '',
  };
  return new PerMessageDeflate(agreement, { threshold }, zlib);
}

/** The same agreement as the other side sees it. */
export function turnDeflate(deflate: Deflate): Deflate {
  return {
    ownBits: deflate.peerBits ?? 15,
    peerBits: deflate.ownBits ?? 15,
    ownForgets: deflate.peerForgets ?? false,
    peerForgets: deflate.ownForgets ?? false,
  };
}

export function otherRole(role: 'server' | 'client'): 'server' | 'client' {
  return role === 'server' ? 'client' : 'server';
}

/** Everything the endpoint has to tell, or the first `most` of it. */
export function readAll(endpoint: Endpoint, most = Infinity): Told[] {
  const told: Told[] = [];
  while (told.length < most) {
    const event = endpoint.nextEvent();
    if (event === undefined) break;
    told.push(toTold(event));
  }
  return told;
}

/** What the endpoint has to send, as a transport would have sent it. */
export function takeBytes(endpoint: Endpoint): Buffer {
  const bytes = Buffer.concat(endpoint.takeOutput());
  endpoint.releaseOutput();
  return bytes;
}

/** Moves what `from` has to send to `to`, and gives what that tells. */
export function transfer(from: Endpoint, to: Endpoint): Told[] {
  to.receive(takeBytes(from));
  return readAll(to);
}

function toTold(event: ProtocolEvent): Told {
  switch (event.type) {
    case 'text':
      return ['text', event.data];
    case 'close':
      return ['close', event.code, event.reason];
    case 'violation':
      return ['violation', event.violation.rule];
    default:
      return [event.type, event.data];
  }
}
