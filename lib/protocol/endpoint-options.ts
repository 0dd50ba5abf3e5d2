import type { EndpointLimits } from './endpoint-limits.js';
import type { PerMessageDeflate } from './extensions/permessage-deflate/permessage-deflate.js';
import type { Workspace } from './workspace.js';

/** How an {@link Endpoint} is set up. */
export interface EndpointOptions {
  /** RFC 6455 5.1: a client masks what it sends; a server does not. */
  readonly role: 'server' | 'client';
  /** Default `DEFAULT_LIMITS`. */
  readonly limits?: EndpointLimits;
  /** Whether pings are answered without being asked. Default true. */
  readonly autoPong?: boolean;
  /** permessage-deflate, if it was negotiated. Closed together with the endpoint. */
  readonly deflate?: PerMessageDeflate | undefined;
  /** Buffers shared with other endpoints of the same thread. Default: the endpoint's own. */
  readonly workspace?: Workspace;
}
