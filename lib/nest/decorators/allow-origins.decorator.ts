import { WS_ORIGINS_METADATA } from '../framework/metadata-keys.js';
import type { OriginPolicy } from '../options/origin-policy.js';
import { assertOnClass } from './assert-on-class.js';

/**
 * Pages that may connect to this gateway besides the server's own; the same as its `origin`
 * option.
 *
 * @param origins whole origins (`https://app.example.com`), or a single `*` for any page.
 * @throws InvalidUse where it stands on a method.
 */
export function AllowOrigins(...origins: readonly string[]): ClassDecorator {
  const policy: OriginPolicy = origins.includes('*') ? '*' : origins;
  return (target) => {
    assertOnClass('@AllowOrigins', target);
    Reflect.defineMetadata(WS_ORIGINS_METADATA, policy, target);
  };
}
