import type { DeflateOptions } from '../../lib/protocol/extensions/permessage-deflate/deflate-options.js';
import type { RuleName } from '../../lib/protocol/rules.js';

/** Parameters that RFC 7692 7.1 gives no meaning: an offer with them is declined, an answer fails the connection. */
export const ILLEGAL_PARAMETERS: readonly string[] = [
  'unknown',
  'unknown=1',
  'server_no_context_takeover=1',
  'client_no_context_takeover=true',
  'server_no_context_takeover; server_no_context_takeover',
  'client_no_context_takeover; client_no_context_takeover',
  'server_max_window_bits',
  'server_max_window_bits=10; server_max_window_bits=10',
  'client_max_window_bits=10; client_max_window_bits',
  ...['server_max_window_bits', 'client_max_window_bits'].flatMap((name) =>
    ['0', '7', '16', '-9', '+9', '09', '010', '8.0', '1e1', '0x9', 'x', '99999999999'].map(
      (value) => `${name}=${value}`,
    ),
  ),
  'Server_No_Context_Takeover',
  '__proto__',
];

/** An answer, what the client had offered (undefined: nothing), and the rule it breaks. */
export const ANSWER_FAULTS: readonly (readonly [string, DeflateOptions | undefined, RuleName])[] = [
  // RFC 7692 7.1.2.2: only an offer may leave the value out.
  ...[...ILLEGAL_PARAMETERS, 'client_max_window_bits'].map(
    (parameters) =>
      [`permessage-deflate; ${parameters}`, {}, 'extension-parameter-invalid'] as const,
  ),
  ['permessage-deflate', { serverMaxWindowBits: 10 }, 'extension-parameter-invalid'],
  [
    'permessage-deflate; server_max_window_bits=11',
    { serverMaxWindowBits: 10 },
    'extension-parameter-invalid',
  ],
  [
    'permessage-deflate; client_max_window_bits=11',
    { clientMaxWindowBits: 10 },
    'extension-parameter-invalid',
  ],
  ['permessage-deflate', { serverNoContextTakeover: true }, 'extension-parameter-invalid'],
  ['permessage-deflate', undefined, 'response-extension'],
  ['foo', {}, 'response-extension'],
  ['foo', undefined, 'response-extension'],
  ['permessage-deflate, foo', {}, 'response-extension'],
  ['permessage-deflate, permessage-deflate', {}, 'response-extension'],
  ['Permessage-Deflate', {}, 'response-extension'],
];

/** An offer, the server's options, and the answer; undefined: declined. */
export const ANSWERS: readonly (readonly [string, DeflateOptions, string | undefined])[] = [
  ['permessage-deflate', {}, 'permessage-deflate'],
  ['x-webkit-deflate-frame', {}, undefined],
  ['permessage-deflate; client_max_window_bits', {}, 'permessage-deflate'],
  // RFC 7692 7.1.3's examples.
  [
    'permessage-deflate; client_max_window_bits; server_max_window_bits=10',
    {},
    'permessage-deflate; server_max_window_bits=10',
  ],
  [
    'permessage-deflate; server_max_window_bits=16, permessage-deflate; client_max_window_bits',
    { clientMaxWindowBits: 11 },
    'permessage-deflate; client_max_window_bits=11',
  ],
  ['permessage-deflate', { clientMaxWindowBits: 11 }, undefined],
  [
    'permessage-deflate; client_max_window_bits=9, permessage-deflate',
    { clientMaxWindowBits: 11 },
    'permessage-deflate; client_max_window_bits=9',
  ],
  [
    'bzip2, permessage-deflate; server_no_context_takeover',
    { clientNoContextTakeover: true },
    'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
  ],
  [
    'permessage-deflate; server_max_window_bits="10"',
    {},
    'permessage-deflate; server_max_window_bits=10',
  ],
];
