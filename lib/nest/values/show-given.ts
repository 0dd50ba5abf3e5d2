import { inspect } from 'node:util';
import { isPlainObject } from './is-plain-object.js';

/** How many members of an object, or items of a list, are shown. */
const MOST = 6;

/**
 * What somebody has given, for the message that refuses it: values as they are written, objects by
 * the names of their members, since what these hold may be a secret.
 */
export function showGiven(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return inspect(value, { depth: 0, maxArrayLength: MOST });
  return isPlainObject(value) ? showMembers(value) : inspect(value, { depth: -1 });
}

function showMembers(value: object): string {
  const names = Object.keys(value);
  if (names.length === 0) return '{}';
  const more = names.length > MOST ? ', ...' : '';
  return `{ ${names.slice(0, MOST).join(', ')}${more} }`;
}
