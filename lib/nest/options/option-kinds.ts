import { InvalidUse } from '../../protocol/invalid-use.js';
import { findNearest } from '../../server/find-nearest.js';
import { LONGEST_TIMEOUT } from '../../socket/deadline.js';
import { showGiven } from '../values/show-given.js';

/** Checks the value of one option. @throws InvalidUse naming it, for a value of another kind. */
export type OptionKind = (name: string, value: unknown) => void;

/** A kind for every option of an interface. */
export type OptionKinds<Options extends object> = {
  readonly [Name in keyof Options]-?: OptionKind;
};

/** The kinds of any interface. */
type AnyKinds = Readonly<Record<string, OptionKind>>;

/** What options of socket.io and of its Nest adapter are called here. */
const NAMES_ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['cors', 'origin'],
  ['maxHttpBufferSize', 'maxPayload'],
  ['namespace', 'path'],
  ['pingInterval', 'heartbeatInterval'],
]);

/** How many options are all named where an unknown one was given. */
const MOST_LISTED = 8;

/** Values that pass a test; `expected` says what they are. */
export function kindOf(expected: string, passes: (value: unknown) => boolean): OptionKind {
  return (name, value) => {
    if (passes(value)) return;
    throw new InvalidUse(`${name}: ${showGiven(value)} given; expected ${expected}`);
  };
}

/** Numbers from `least` up; `expected` says of what. */
export function atLeast(least: number, expected = `a number from ${least} up`): OptionKind {
  return kindOf(expected, (value) => typeof value === 'number' && value >= least);
}

/** How long something may take, as far as a timer can wait; `zero` says what 0 means. */
export function milliseconds(zero: string): OptionKind {
  return kindOf(
    `milliseconds from 0 (${zero}) to ${LONGEST_TIMEOUT}`,
    (value) => typeof value === 'number' && value >= 0 && value <= LONGEST_TIMEOUT,
  );
}

/** One of these words. */
export function oneOf(...words: readonly string[]): OptionKind {
  const quoted = words.map((word) => `'${word}'`);
  const expected = `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
  return kindOf(expected, (value) => words.some((word) => word === value));
}

/** `true` or `false`. */
export const flag: OptionKind = kindOf('true or false', (value) => typeof value === 'boolean');

/** An object with these options, and no others. */
export function group(kinds: AnyKinds): OptionKind {
  const isGroup = kindOf(`an object with ${Object.keys(kinds).join(', ')}`, isObject);
  return (name, value) => {
    isGroup(name, value);
    assertOptions(name, kinds, value as object, '.');
  };
}

/** Whether something may be a group of options. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Checks options among which there may be others that are not looked at. `undefined` counts as not
 * given.
 *
 * @param prefix of their names: `ChatGateway: `
 * @throws InvalidUse for a value of another kind
 */
export function assertValues(kinds: AnyKinds, given: object, prefix = ''): void {
  const known = new Map(Object.entries(kinds));
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) known.get(name)?.(prefix + name, value);
  }
}

/**
 * Checks options among which there may be no others.
 *
 * @param owner who has them: `ChatGateway`
 * @throws InvalidUse if it is not an object, for a value of another kind, and for an unknown name
 */
export function assertOptions(
  owner: string,
  kinds: AnyKinds,
  given: object,
  separator = ': ',
): void {
  if (!isObject(given)) {
    throw new InvalidUse(`${owner}: ${showGiven(given)} given; expected an object with options`);
  }
  const known = Object.keys(kinds);
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    throw new InvalidUse(`${owner}: unknown option "${name}"${hintAt(name, known)}`);
  }
  assertValues(kinds, given, owner + separator);
}

/** The name that was meant, or all of them where they are few. */
function hintAt(name: string, known: readonly string[]): string {
  const meant = findMeant(name, known);
  if (meant !== undefined) return `; did you mean "${meant}"?`;
  return known.length > MOST_LISTED ? '' : `; there are ${known.join(', ')}`;
}

function findMeant(name: string, known: readonly string[]): string | undefined {
  const here = NAMES_ELSEWHERE.get(name);
  return here !== undefined && known.includes(here) ? here : findNearest(name, known);
}
