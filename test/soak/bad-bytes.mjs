import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const REQUEST = [
  'GET /soak HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'X-Door: slow',
  '',
  '',
].join('\r\n');

/** Somewhere between the first byte of the request and the answer of a slow guard. */
export async function dieInHandshake({ random, port, tally }) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.on('close', resolve));
  const length = random.once(2) ? REQUEST.length : random.below(REQUEST.length);
  socket.write(REQUEST.slice(0, length));
  await wait(random.below(60));
  if (random.once(2)) socket.resetAndDestroy();
  else socket.destroy();
  await closed;
  tally.died += 1;
}

const KEY = '00000000';

/** Frames of a client that break RFC 6455 or 7692, and the close code they deserve. */
const VIOLATIONS = [
  ['8100', 1002], // not masked
  [`f180${KEY}`, 1002], // reserved bits
  [`8380${KEY}`, 1002], // an opcode that means nothing
  [`0980${KEY}`, 1002], // a control frame in fragments
  [`8080${KEY}`, 1002], // a continuation of nothing
  [`8181${KEY}ff`, 1007], // not UTF-8
  [`81ff0000000100000000${KEY}`, 1009], // four gigabytes
  [`8882${KEY}03ed`, 1002], // a close code that never travels
].map(([hex, code]) => [Buffer.from(hex, 'hex'), code]);

/** Answers the code the server must close with. */
export function violate(random, transport) {
  const [bytes, code] = random.pick(VIOLATIONS);
  transport.write(bytes);
  return code;
}

/** A frame of 100 bytes that ends after 9. */
export function sendHalfFrame(transport) {
  transport.write(Buffer.from(`81e4${KEY}7b2274`, 'hex'));
}
