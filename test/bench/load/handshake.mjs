import { createHash, randomBytes } from 'node:crypto';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
// What Chromium offers.
const DEFLATE_OFFER = 'permessage-deflate; client_max_window_bits';

/** One opening handshake: the request, and a reader that is done at the empty line of a right answer. */
export function createHandshake({ port, path, deflate }) {
  const key = randomBytes(16).toString('base64');
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64');
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    `Origin: http://127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${key}`,
    'Sec-WebSocket-Version: 13',
    ...(deflate ? [`Sec-WebSocket-Extensions: ${DEFLATE_OFFER}`] : []),
  ];
  let answer = '';
  return {
    request: Buffer.from(`${lines.join('\r\n')}\r\n\r\n`),
    /** Whether the answer is complete; throws if it is a wrong one. */
    isDone(bytes) {
      answer += bytes.toString('latin1');
      if (!answer.includes('\r\n\r\n')) return false;
      check(answer, accept, deflate);
      return true;
    },
  };
}

function check(answer, accept, deflate) {
  const isUpgraded = answer.startsWith('HTTP/1.1 101') && answer.includes(accept);
  const isCompressed = /^sec-websocket-extensions: *permessage-deflate/im.test(answer);
  const isAtEnd = answer.endsWith('\r\n\r\n');
  if (!isUpgraded || isCompressed !== Boolean(deflate) || !isAtEnd) {
    throw new Error(`unexpected answer to the handshake:\n${answer}`);
  }
}
