import type { FoundGateway } from './find-gateways.js';
import { GatewaySocket } from './gateway-socket.js';
import type { HookName } from './socket-owner.js';

type Hook = (this: unknown, client: unknown, ...rest: unknown[]) => unknown;

const HOOKS: readonly HookName[] = ['handleConnection', 'handleDisconnect'];
/** On a hook that is guarded already. */
const GUARDED = Symbol('nestjs-wsgate.guarded-hook');

/**
 * Lets the adapter see what the connection hooks of gateways come to. Nest calls them in a way that
 * turns a throw into an uncaught exception and forgets their promises. Must be called before Nest
 * binds them. For clients of other adapters nothing changes.
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
  // Nest builds a request-scoped gateway for a connection, hook or no hook, and only if there is
  // one it survives a constructor that throws.
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
  if (original !== undefined) copyMetadata(original, guarded);
  return Object.assign(guarded, { [GUARDED]: true });
}

/** Exception filters and the like are looked up on the method itself. */
function copyMetadata(from: object, to: object): void {
  for (const key of Reflect.getMetadataKeys(from) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, from), to);
  }
}
