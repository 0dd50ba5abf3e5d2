import { resolveLimits } from '../../protocol/endpoint-limits.js';
import { Endpoint } from '../../protocol/endpoint.js';
import {
  assertDeflateOptions,
  type DeflateOptions,
} from '../../protocol/extensions/permessage-deflate/deflate-options.js';
import type { DeflateAgreement } from '../../protocol/extensions/permessage-deflate/negotiation.js';
import { PerMessageDeflate } from '../../protocol/extensions/permessage-deflate/permessage-deflate.js';
import { chooseZlib } from '../../protocol/extensions/permessage-deflate/choose-zlib.js';
import { createClientWorkspace } from '../../protocol/workspace.js';
import type { ConnectionSettings } from '../connection-settings.js';
import { ReadTurns } from '../read-turns.js';
import { RootContext } from '../root-context.js';
import { DEFAULT_CLOSE_TIMEOUT, durationOf, type SocketOptions } from '../socket-options.js';

/**
 * Checks a client's options before it connects. Returns what makes the settings of its connection
 * once the server has answered. Throws {@link InvalidUse}.
 */
export function clientSettingsOf(
  options: SocketOptions,
  deflateOptions: DeflateOptions = {},
): (protocol: string, agreement: DeflateAgreement | undefined) => ConnectionSettings {
  const limits = resolveLimits(options);
  const closeTimeout = durationOf('closeTimeout', options.closeTimeout, DEFAULT_CLOSE_TIMEOUT);
  assertDeflateOptions(deflateOptions);
  const context = new RootContext();
  return (protocol, agreement) => ({
    protocol,
    shared: { role: 'client', closeTimeout, context, readTurns: new ReadTurns() },
    endpoint: new Endpoint({
      role: 'client',
      limits,
      autoPong: options.autoPong,
      deflate: agreement && new PerMessageDeflate(agreement, deflateOptions, chooseZlib()),
      workspace: createClientWorkspace(),
    }),
  });
}
