import { copyMetadata } from './copy-metadata.js';
import type { FoundGateway } from './find-gateways.js';
import { GatewaySocket } from './gateway-socket.js';
import type { HookName } from './socket-owner.js';

type Hook = (this: unknown, client: unknown, ...rest: unknown[]) => unknown;

const HOOKS: readonly HookName[] = ['handleConnection', 'handleDisconnect'];
/** Marks a hook that has been wrapped. */
const GUARDED = Symbol('nestjs-wsgate.guarded-hook');

/**
 * Wraps the connection hooks of gateways, so that the adapter sees what they throw and return. Nest
 * calls them so that a throw becomes an uncaught exception, and ignores their promises. Must be
 * called before Nest binds them. Clients of other adapters are not affected.
 */
export function guardHooks(gateways: Iterable<FoundGateway>): void {
  for (const gateway of gateways) {
    for (const hook of HOOKS) guardHook(gateway, hook);
  }
}

function guardHook({ instance, prototype, isStatic }: FoundGateway, name: HookName): void {
  const target = (isStatic ? instance : prototype) as Record<HookName, Hook | undefined>;
  const original = target[name];
  if (original !== undefined && GUARDED in original) return;
  // Request-scoped gateways get a hook even if they have none: Nest makes such a gateway for each
  // connection in any case, but survives a constructor that throws only if there is a hook.
  if (original === undefined && isStatic) return;
  Object.defineProperty(target, name, {
    value: guard(name, original),
    writable: true,
    configurable: true,
  });
}

function guard(name: HookName, original: Hook | undefined): Hook {
  const guarded = function (this: unknown, client: unknown, ...rest: unknown[]): unknown {
    const run = (): unknown => original?.call(this, client, ...rest);
    const owner = GatewaySocket.ownerOf(client);
    return owner === undefined ? run() : owner.runHook(name, run);
  };
  // Nest looks up exception filters and the like on the method itself.
  if (original !== undefined) copyMetadata(original, guarded);
  return Object.assign(guarded, { [GUARDED]: true });
}
