import { isDeepStrictEqual } from 'node:util';
import { InvalidUse } from '../../protocol/invalid-use.js';
import { findNearest } from '../../server/find-nearest.js';
import { assertOptions } from '../options/option-kinds.js';
import type { RecheckOptions } from '../options/recheck-options.js';
import { resolveWsOptions } from '../options/resolve-ws-options.js';
import type { WsGatewayMetadata, WsModuleOptions } from '../options/ws-module-options.js';
import { GATEWAY_KINDS, MODULE_KINDS } from '../options/ws-option-kinds.js';
import type { GatewayEndpoint } from './gateway-endpoint.js';
import { describeHandler, type GatewayDescriptor } from './gateway-descriptor.js';
import { readPathShape } from './path-shape.js';

/** The path of `@WsHandler` methods that name none. */
const DEFAULT_PATH = '/ws';

/**
 * Puts gateways on their paths.
 *
 * @throws InvalidUse for an option that is unknown or of another kind; naming both places, when two
 *   handlers of a path have one type, when two paths match the same URLs, when classes that share a
 *   path disagree on an option, and when `recheck.on` names a type that nobody handles: a typing
 *   error there would check nothing.
 */
export function planEndpoints(
  gateways: readonly GatewayDescriptor[],
  options: WsModuleOptions,
): readonly GatewayEndpoint[] {
  assertOptions('WsModule', MODULE_KINDS, options);
  for (const { classRef, metadata } of gateways) {
    assertOfPath(classRef.name, metadata);
    assertOptions(classRef.name, GATEWAY_KINDS, metadata);
  }
  const byPath = groupByPath(gateways, options.path ?? DEFAULT_PATH);
  assertNoClash(byPath);
  assertHandled(gateways, options.recheck, 'WsModule');
  return Array.from(byPath, ([path, sharing]) => {
    assertTypesDiffer(path, sharing);
    for (const { classRef, metadata } of sharing) {
      assertHandled(sharing, metadata.recheck, classRef.name);
    }
    const overrides = mergeOverrides(path, sharing);
    return { path, options: resolveWsOptions(options, overrides), gateways: sharing };
  });
}

function assertOfPath(owner: string, metadata: WsGatewayMetadata): void {
  for (const name of Object.keys(metadata)) {
    if (!Object.hasOwn(MODULE_KINDS, name) || Object.hasOwn(GATEWAY_KINDS, name)) continue;
    throw new InvalidUse(
      `${owner}: "${name}" holds for the whole application; expected in WsModule.forRoot()`,
    );
  }
}

function groupByPath(
  gateways: readonly GatewayDescriptor[],
  defaultPath: string,
): ReadonlyMap<string, readonly GatewayDescriptor[]> {
  const byPath = new Map<string, GatewayDescriptor[]>();
  for (const gateway of gateways) {
    const path = gateway.metadata.path ?? defaultPath;
    const sharing = byPath.get(path);
    if (sharing) sharing.push(gateway);
    else byPath.set(path, [gateway]);
  }
  return byPath;
}

function assertNoClash(byPath: ReadonlyMap<string, readonly GatewayDescriptor[]>): void {
  const shapes = new Map<string, string>();
  for (const [path, [first]] of byPath) {
    const owner = first.classRef.name;
    const shape = readPathShape(path, owner);
    const other = shapes.get(shape);
    if (other !== undefined) {
      throw new InvalidUse(
        `the path "${path}" of ${owner} clashes with "${other}" of ` +
          `${byPath.get(other)?.[0].classRef.name}: both match the same URLs; spell them alike to ` +
          'share one path, or change one',
      );
    }
    shapes.set(shape, path);
  }
}

function assertTypesDiffer(path: string, gateways: readonly GatewayDescriptor[]): void {
  const owners = new Map<string, string>();
  for (const gateway of gateways) {
    for (const handler of gateway.handlers) {
      const place = `${describeHandler(gateway, handler)} (${gateway.module.name})`;
      const other = owners.get(handler.type);
      if (other !== undefined) {
        throw new InvalidUse(
          `two handlers for "${handler.type}" on the path "${path}": ${other} and ${place}; ` +
            'give one of them another type, or its class another path; a class that two modules ' +
            'provide is two gateways: export it from one',
        );
      }
      owners.set(handler.type, place);
    }
  }
}

function assertHandled(
  gateways: readonly GatewayDescriptor[],
  recheck: RecheckOptions | undefined,
  owner: string,
): void {
  const handled = new Set(gateways.flatMap(({ handlers }) => handlers.map(({ type }) => type)));
  for (const type of Array.isArray(recheck?.on) ? recheck.on : []) {
    if (handled.has(type)) continue;
    const nearest = findNearest(type, [...handled]);
    const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
    throw new InvalidUse(
      `recheck.on of ${owner} names "${type}", but no handler there has this type${hint}`,
    );
  }
}

/** The overrides of all classes on a path; where several give the same option they must agree. */
function mergeOverrides(path: string, gateways: readonly GatewayDescriptor[]): WsGatewayMetadata {
  const merged = new Map<string, { readonly value: unknown; readonly owner: string }>();
  for (const { classRef, metadata } of gateways) {
    for (const [name, value] of Object.entries(metadata)) {
      const other = merged.get(name);
      if (other !== undefined && !isDeepStrictEqual(other.value, value)) {
        throw new InvalidUse(
          `${other.owner} and ${classRef.name} share the path "${path}" but not the option ` +
            `"${name}"; give it to one of them, or the same to both`,
        );
      }
      merged.set(name, { value, owner: classRef.name });
    }
  }
  return Object.fromEntries(Array.from(merged, ([name, { value }]) => [name, value]));
}
