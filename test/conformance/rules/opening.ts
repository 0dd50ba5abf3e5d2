import { rulesOf } from './rule.js';

const PAGES_ONLY =
  'Guards hosts against scripts in pages (see the NOTE of the rule): a matter of the browser a page runs in. ' +
  'A Node process opens sockets as its own code decides.';

/** RFC 6455 section 4, the opening handshake, and the parts of sections 8 and 9 that belong to it. */
export const OPENING_RULES = rulesOf(6455, [
  [
    '4.1/handshake',
    'client',
    'To connect: open a connection, send an opening handshake, read the answer.',
  ],
  [
    '4.1/uri',
    'client',
    'The URI has to be a valid ws or wss URI; if not, the connection is failed.',
  ],
  [
    '4.1/one-connecting',
    'client',
    'No more than one connection to a host in CONNECTING.',
    PAGES_ONLY,
  ],
  [
    '4.1/unknown-address',
    'client',
    'Behind a proxy every host name counts as its own host.',
    PAGES_ONLY,
  ],
  [
    '4.1/proxy-script',
    'client',
    'A proxy script is called with the URI built from its parts.',
    'No proxy configuration scripts outside browsers.',
  ],
  [
    '4.1/cannot-open',
    'client',
    'If the connection cannot be opened, it is failed and the attempt ends.',
  ],
  ['4.1/tls-first', 'client', 'For wss the TLS handshake comes before the opening handshake.'],
  [
    '4.1/tls-failed',
    'client',
    'If TLS fails (an unverified certificate), the connection is failed.',
  ],
  ['4.1/tls-tunnel', 'client', 'For wss everything runs through the encrypted tunnel.'],
  ['4.1/sni', 'client', 'Server Name Indication is used in the TLS handshake.'],
  ['4.1/request-valid', 'client', 'The handshake is a valid HTTP request.'],
  ['4.1/request-get', 'client', 'The method is GET, the version HTTP/1.1 or higher.'],
  ['4.1/request-uri', 'client', 'The Request-URI matches the resource name of the URI.'],
  ['4.1/request-host', 'client', 'Host has the host, and the port if it is not the default one.'],
  ['4.1/request-upgrade', 'client', 'Upgrade includes "websocket".'],
  ['4.1/request-connection', 'client', 'Connection includes "Upgrade".'],
  ['4.1/request-key', 'client', 'Sec-WebSocket-Key is the base64 of 16 octets.'],
  ['4.1/request-key-fresh', 'client', 'The key is chosen at random for each connection.'],
  [
    '4.1/request-origin',
    'client',
    'A browser client sends Origin.',
    'Binds browser clients only; in a page the browser writes the header.',
  ],
  ['4.1/request-version', 'client', 'Sec-WebSocket-Version is there and is 13.'],
  ['4.1/request-protocol-tokens', 'client', 'Offered subprotocols are non-empty tokens.'],
  ['4.1/request-protocol-unique', 'client', 'Offered subprotocols are all different.'],
  ['4.1/wait', 'client', 'After its handshake the client sends nothing until the answer has come.'],
  [
    '4.1/validate',
    'client',
    'The answer is validated; one that does not conform fails the connection.',
  ],
  ['4.1/answer-upgrade', 'client', 'Upgrade missing or not "websocket" (any case): fail.'],
  [
    '4.1/answer-connection',
    'client',
    'Connection missing or without the token "Upgrade" (any case): fail.',
  ],
  [
    '4.1/answer-accept',
    'client',
    'Sec-WebSocket-Accept missing or not the digest of the key: fail.',
  ],
  ['4.1/answer-extension', 'client', 'An extension that was not offered: fail.'],
  ['4.1/answer-protocol', 'client', 'A subprotocol that was not offered: fail.'],

  [
    '4.2.1/refuse',
    'server',
    'A handshake that does not match the description is answered with an HTTP error.',
  ],
  [
    '4.2.1/get',
    'server',
    'It is a GET of HTTP/1.1 or higher; the target a path or an absolute URI.',
  ],
  ['4.2.1/host', 'server', 'It has a Host field.'],
  ['4.2.1/upgrade', 'server', 'It has Upgrade with "websocket", in any case.'],
  ['4.2.1/connection', 'server', 'It has Connection with the token "Upgrade", in any case.'],
  ['4.2.1/key', 'server', 'It has a Sec-WebSocket-Key that decodes to 16 octets, once.'],
  ['4.2.1/version', 'server', 'It has Sec-WebSocket-Version 13.'],
  ['4.2.2/tls', 'server', 'On a TLS port everything runs through the encrypted tunnel.'],
  [
    '4.2.2/origin',
    'server',
    'A connection that is not wanted (its origin) is answered with an HTTP error.',
  ],
  [
    '4.2.2/version',
    'server',
    'An unknown version: an HTTP error and Sec-WebSocket-Version with the known ones.',
  ],
  ['4.2.2/resource', 'server', 'A service that is not there: an HTTP error such as 404.'],
  ['4.2.2/protocol', 'server', 'The subprotocol is one of those the client offered.'],
  [
    '4.2.2/no-protocol',
    'server',
    'If none is agreed on, there is no Sec-WebSocket-Protocol in the answer.',
  ],
  [
    '4.2.2/extensions',
    'server',
    'The extensions are chosen from those the client offered, and no others are listed.',
  ],
  [
    '4.2.2/answer',
    'server',
    'To accept: a valid HTTP 101 with Upgrade, Connection and the right Sec-WebSocket-Accept.',
  ],
  ['4.3/token', 'both', 'A quoted extension parameter value, once unescaped, is a token.'],
  [
    '4.4/versions',
    'server',
    'If the version is not supported, all versions it would use are listed.',
  ],
  ['9/unrequested', 'server', 'No extension is answered that was not asked for.'],
  ['9/parameters', 'both', 'Extension parameters are chosen as the extension defines them.'],
  [
    '9.1/malformed',
    'both',
    'An extension list that does not fit the grammar fails the handshake at once.',
  ],
  ['9.1/registered', 'both', 'Only registered extension tokens are used.'],
  [
    '9.1/not-before',
    'client',
    'An offered extension is not used unless the server has accepted it.',
  ],
]);
