import { breaks, reads, type Vector } from './vector.js';
import { CLOSE, closeBody, FIN, hex, PING, TEXT } from './wire.js';

const LEGAL_CODES = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
];
const ILLEGAL_CODES = [
  0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 9999, 65535,
];
const LONGEST = 'r'.repeat(123);

/** RFC 6455 5.5.1 and 7.4: Close frames. */
export const CLOSING_VECTORS: readonly Vector[] = [
  ...reads('a Close frame without a body', (f) => [f(FIN | CLOSE, '')], [['close', 1005, '']]),
  ...LEGAL_CODES.flatMap((code) =>
    reads(`a Close frame with ${code}`, (f) => [f(FIN | CLOSE, closeBody(code))], [
      ['close', code, ''],
    ]),
  ),
  ...reads('a reason', (f) => [f(FIN | CLOSE, closeBody(1000, 'done €'))], [
    ['close', 1000, 'done €'],
  ]),
  ...reads('the longest reason', (f) => [f(FIN | CLOSE, closeBody(4000, LONGEST))], [
    ['close', 4000, LONGEST],
  ]),
  ...reads(
    'nothing is read after a Close frame',
    (f) => [
      f(FIN | CLOSE, closeBody(1000)),
      f(FIN | TEXT, 'late'),
      f(FIN | PING, 'late'),
      hex('ff ff'),
    ],
    [['close', 1000, '']],
  ),
  ...breaks('close-payload-too-short', 'one byte', (f) => [f(FIN | CLOSE, hex('03'))]),
  ...ILLEGAL_CODES.flatMap((code) =>
    breaks('close-code-invalid', String(code), (f) => [f(FIN | CLOSE, closeBody(code, 'x'))]),
  ),
  ...['80', 'c3', 'ed a0 80', 'e2 82', 'f4 90 80 80', '61 ff'].flatMap((bytes) =>
    breaks('close-reason-not-utf8', bytes, (f) => [f(FIN | CLOSE, closeBody(1000, hex(bytes)))]),
  ),
  ...breaks('close-code-invalid', 'comes before the reason', (f) => [
    f(FIN | CLOSE, closeBody(1005, hex('ff'))),
  ]),
];
