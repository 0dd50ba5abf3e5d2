import { rulesOf } from './rule.js';

/** RFC 6455 section 7. */
export const CLOSING_RULES = rulesOf(6455, [
  ['7.1.2/start', 'both', 'To close, a Close frame with the code and the reason given is sent.'],
  ['7.1.5/code', 'both', 'The close code is that of the first Close frame received.'],
  ['7.1.5/1005', 'both', 'A Close frame without a code counts as 1005.'],
  ['7.1.5/1006', 'both', 'A connection that ends without a Close frame counts as 1006.'],
  ['7.1.6/reason', 'both', 'The reason is what follows the code, or the empty string.'],
  ['7.1.7/client-fails', 'client', 'To fail the connection the client closes it.'],
  ['7.1.7/server-fails', 'server', 'To fail the connection the server closes it.'],
  [
    '7.1.7/deaf',
    'both',
    'After failing the connection nothing more from the other side is processed.',
  ],
  ['7.2.1/handshake', 'client', 'A handshake that has to be failed is failed as 7.1.7 says.'],
  ['7.2.1/lost', 'client', 'If the transport is lost, the connection is failed.'],
  ['7.2.2/abort', 'server', 'To abort during the handshake the server closes the connection.'],
  ['7.4.1/1005', 'both', '1005 is never sent.'],
  ['7.4.1/1006', 'both', '1006 is never sent.'],
  ['7.4.1/1015', 'both', '1015 is never sent.'],
  ['7.4.2/unused', 'both', 'Codes below 1000 are not used.'],
  [
    '7.4.2/reserved',
    'both',
    'Unregistered codes up to 2999 are reserved; there are none from 5000 on.',
  ],
]);
