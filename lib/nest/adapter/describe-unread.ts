import { findNearest } from '../../server/find-nearest.js';
import { ADAPTER_KINDS, ADAPTER_PATH_KINDS } from './adapter-option-kinds.js';

/** A gateway has it as well: where its own port is bound. */
const OF_BOTH = 'host';

/**
 * Warnings about options of a `@WebSocketGateway` that do nothing here although their author must
 * believe they do. Options of other adapters do nothing either, but are not mentioned: the same
 * gateway may run on those.
 */
export function describeUnread(given: object): readonly string[] {
  const names = Object.entries(given).flatMap(([name, value]) =>
    value === undefined || name === OF_BOTH ? [] : [name],
  );
  return names.flatMap((name) => describe(name) ?? []);
}

function describe(name: string): string | undefined {
  const known = Object.keys(ADAPTER_PATH_KINDS);
  if (known.includes(name)) return undefined;
  if (Object.hasOwn(ADAPTER_KINDS, name)) {
    return `\`${name}\` holds for all gateways together: give it to the WsgateAdapter`;
  }
  const meant = findNearest(name, known);
  return meant && `unknown option "${name}"; did you mean "${meant}"?`;
}
