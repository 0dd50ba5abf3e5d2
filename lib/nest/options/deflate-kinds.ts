import type { DeflateOptions } from '../../protocol/extensions/permessage-deflate/deflate-options.js';
import {
  assertValues,
  flag,
  group,
  isObject,
  kindOf,
  type OptionKind,
  type OptionKinds,
} from './option-kinds.js';

/** Settings that only `ws` has. They are accepted, and do nothing, so that code written for it runs. */
const OF_WS: Readonly<Record<string, OptionKind>> = {
  concurrencyLimit: () => undefined,
  zlibInflateOptions: () => undefined,
};

const ZLIB_KINDS: Readonly<Record<string, OptionKind>> = {
  level: integer(-1, 9),
  memLevel: integer(1, 9),
};

/** The kinds of values {@link DeflateOptions} take. */
const DEFLATE_KINDS: Readonly<OptionKinds<DeflateOptions>> = {
  serverNoContextTakeover: flag,
  clientNoContextTakeover: flag,
  serverMaxWindowBits: integer(8, 15),
  clientMaxWindowBits: integer(8, 15),
  threshold: kindOf('bytes from 0 up', (value) => typeof value === 'number' && value >= 0),
  zlibDeflateOptions: (name, value) => {
    kindOf("an object with zlib's settings", isObject)(name, value);
    assertValues(ZLIB_KINDS, value as object, `${name}.`);
  },
};

const settings = group({ ...DEFLATE_KINDS, ...OF_WS });

/** What `perMessageDeflate` takes: whether to compress, or how. */
export const deflate: OptionKind = (name, value) => {
  if (typeof value === 'boolean') return;
  kindOf('true, false or an object of settings', isObject)(name, value);
  settings(name, value);
};

function integer(least: number, most: number): OptionKind {
  return kindOf(
    `an integer, ${least} to ${most}`,
    (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
  );
}
