import { createHash, randomBytes } from 'node:crypto';
import { DIALECTS } from './dialects.mjs';
import { maskedFrame } from './frames.mjs';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
// What Chromium offers.
const DEFLATE_OFFER = 'permessage-deflate; client_max_window_bits';
const HEAD_END = '\r\n\r\n';

/** One opening handshake: the request, and a reader that is done when the answer is complete, and the dialect's greeting. */
export function createHandshake({ port, path, deflate, dialect = 'echo' }) {
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
  const greeting = new Greeting(DIALECTS[dialect].greeting);
  let answer = '';
  return {
    request: Buffer.from(`${lines.join('\r\n')}\r\n\r\n`),
    /** Whether all is said; throws if the answer is a wrong one. */
    isDone(bytes, write) {
      answer += bytes.toString('latin1');
      const end = answer.indexOf(HEAD_END);
      if (end === -1) return false;
      check(answer.slice(0, end), accept, deflate);
      return greeting.isDone(answer.slice(end + HEAD_END.length), write);
    },
  };
}

/** What passes between the 101 and the first message. */
class Greeting {
  #greeting;
  #hasSpoken = false;

  constructor(greeting) {
    this.#greeting = greeting;
  }

  isDone(heard, write) {
    if (this.#greeting === undefined) return heard === '';
    const { hears, says, hearsThen } = this.#greeting;
    if (!this.#hasSpoken && heard.includes(hears)) {
      this.#hasSpoken = true;
      write(maskedFrame(Buffer.from(says), Math.random));
    }
    return heard.includes(hearsThen);
  }
}

function check(head, accept, deflate) {
  const isUpgraded = head.startsWith('HTTP/1.1 101') && head.includes(accept);
  const isCompressed = /^sec-websocket-extensions: *permessage-deflate/im.test(head);
  if (!isUpgraded || isCompressed !== Boolean(deflate)) {
    throw new Error(`unexpected answer to the handshake:\n${head}`);
  }
}
