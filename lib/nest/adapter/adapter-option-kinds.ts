import { flag, kindOf, type OptionKinds } from '../options/option-kinds.js';
import { MODULE_KINDS, PATH_KINDS } from '../options/ws-option-kinds.js';
import {
  SHARED_OPTIONS,
  type WsgateAdapterOptions,
  type WsgatePathOptions,
} from './adapter-options.js';

type SharedName = (typeof SHARED_OPTIONS)[number];

const SHARED_KINDS = Object.fromEntries(
  SHARED_OPTIONS.map((name) => [name, PATH_KINDS[name]]),
) as Pick<typeof PATH_KINDS, SharedName>;

/** What the options of a path of the adapter may be. */
export const ADAPTER_PATH_KINDS: Readonly<OptionKinds<WsgatePathOptions>> = {
  ...SHARED_KINDS,
  strictMessages: flag,
  awaitConnection: flag,
  maxBufferedAmount: kindOf('bytes above 0', (value) => typeof value === 'number' && value > 0),
};

/** What the adapter itself may be given. */
export const ADAPTER_KINDS: Readonly<OptionKinds<WsgateAdapterOptions>> = {
  ...ADAPTER_PATH_KINDS,
  maxConnections: MODULE_KINDS.maxConnections,
  maxConnectionsPerIp: MODULE_KINDS.maxConnectionsPerIp,
  memoryCeiling: MODULE_KINDS.memoryCeiling,
  messageParser: kindOf('a function that reads a message', (value) => typeof value === 'function'),
  host: kindOf("an address: '127.0.0.1'", (value) => typeof value === 'string'),
  fastLane: MODULE_KINDS.fastLane,
};
