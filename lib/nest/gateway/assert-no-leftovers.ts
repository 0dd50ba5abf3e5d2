import type { Logger } from '@nestjs/common';
import { InvalidUse } from '../../protocol/invalid-use.js';
import { findNearest } from '../../server/find-nearest.js';
import {
  SERVER_PROPERTY_METADATA,
  SOCKET_GATEWAY_METADATA,
  SUBSCRIBED_METADATA,
} from '../framework/metadata-keys.js';
import type { GatewayClass } from './gateway-descriptor.js';
import { readHandlerMetadata } from './read-gateway-metadata.js';

/** Where `@SubscribeMessage` says for which event a method has it. */
const SUBSCRIBED_EVENT = 'message';

/** Hooks of `@nestjs/websockets`, or by names of the kind, and what is called instead. */
const HOOKS: ReadonlyMap<string, string> = new Map([
  ['handleConnection', 'onWsOpen'],
  ['handleDisconnect', 'onWsClose'],
  ['afterInit', 'onModuleInit'],
  ['onWsConnect', 'onWsOpen'],
  ['onWsDisconnect', 'onWsClose'],
]);

/** Hooks of a `@WsGateway` that a name may have been meant for. */
const OWN_HOOKS: readonly string[] = ['onWsOpen', 'onWsClose'];

/**
 * Searches a `@WsGateway` for parts of `@nestjs/websockets` that were left behind in a migration
 * and would silently do nothing. A class that is a `@WebSocketGateway` as well may need them.
 *
 * @throws InvalidUse for a `@SubscribeMessage` method and a `@WebSocketServer` property. Hooks are only logged: a method may have
 *   such a name by chance.
 */
export function assertNoLeftovers(
  classRef: GatewayClass,
  methods: ReadonlyMap<string, unknown>,
  logger: Logger,
): void {
  if (Reflect.hasMetadata(SOCKET_GATEWAY_METADATA, classRef)) return;
  assertNoServerProperty(classRef);
  for (const [name, method] of methods) {
    if (isSubscribed(method)) throw createError(`${classRef.name}.${name}`, method);
    const instead = HOOKS.get(name) ?? findMeantHook(name, method);
    if (instead === undefined) continue;
    logger.warn(`${classRef.name}.${name} is never called: a hook of a @WsGateway is ${instead}`);
  }
}

/** The decorator makes the property an enumerable one of the prototype. */
function assertNoServerProperty({ name, prototype }: GatewayClass): void {
  for (const property in prototype as object) {
    if (!Reflect.hasMetadata(SERVER_PROPERTY_METADATA, prototype as object, property)) continue;
    throw new InvalidUse(
      `${name}.${property} has @WebSocketServer, which a @WsGateway does not read: inject WsServer ` +
        'in the constructor',
    );
  }
}

/** The hook that a method is nearly called; `undefined` for the hook itself, and for a handler. */
function findMeantHook(name: string, method: unknown): string | undefined {
  if (OWN_HOOKS.includes(name) || readHandlerMetadata(method).length > 0) return undefined;
  return findNearest(name, OWN_HOOKS);
}

function isSubscribed(method: unknown): method is object {
  return typeof method === 'function' && Reflect.hasMetadata(SUBSCRIBED_METADATA, method);
}

function createError(where: string, method: object): InvalidUse {
  const event: unknown = Reflect.getMetadata(SUBSCRIBED_EVENT, method);
  const type = typeof event === 'string' ? `'${event}'` : '...';
  return new InvalidUse(
    `${where} has @SubscribeMessage, which a @WsGateway does not read: use @WsHandler(${type})`,
  );
}
