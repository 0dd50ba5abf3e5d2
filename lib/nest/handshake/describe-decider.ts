import type { HttpException } from '@nestjs/common';
import { quoteForLog } from '../../socket/log-text.js';
import { describeException } from '../errors/describe-exception.js';
import { isOrigin } from '../options/origin-policy.js';
import type { UpgradeRequest } from './upgrade-request.js';

/** Why the Origin check refuses, and what would make it allow the page. Clients can send anything. */
export function describeOrigin({ headers: { origin } }: UpgradeRequest): string {
  if (origin === undefined) return 'Origin refused (none); to allow it: allowMissingOrigin: true';
  const quoted = quoteForLog(origin);
  const remedy = isOrigin(origin) ? `; to allow it: origin: [${quoted}]` : '';
  return `Origin refused (${quoted})${remedy}`;
}

/** `by SessionGuard`; an object written in place has no name. */
export function describeGuard(guard: object): string {
  const { constructor } = guard as { readonly constructor?: { readonly name: string } };
  const name = constructor?.name;
  return `by ${name === undefined || name === '' || name === 'Object' ? 'a guard' : name}`;
}

/**
 * `: the cookie "sid" is missing`, or nothing: the cause of an exception is never
 * sent, so it may say more.
 */
export function describeCause({ cause }: HttpException): string {
  return cause === undefined ? '' : `: ${describeException(cause).text}`;
}
