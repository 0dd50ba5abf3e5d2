import { isDeepStrictEqual } from 'node:util';

/** Whether two values that guards put into `request.user` are the same person. */
export type SameUser = (before: unknown, now: unknown) => boolean;

/** Properties that identify a user: the first one that either side has is compared. */
const NAMES = ['id', 'sub', '_id'] as const;

/**
 * Two users are the same when they have the same `id`; where neither has one, the same `sub`, then
 * the same `_id`; where there is none of these, when they are deeply equal. Anything but objects must
 * be identical.
 */
export function isSameUser(before: unknown, now: unknown): boolean {
  if (!isObject(before) || !isObject(now)) return Object.is(before, now);
  for (const name of NAMES) {
    const [one, other] = [before[name] ?? undefined, now[name] ?? undefined];
    if (one !== undefined || other !== undefined) return isDeepStrictEqual(one, other);
  }
  return isDeepStrictEqual(before, now);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
