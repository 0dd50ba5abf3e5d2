import { describe, expect, it } from 'vitest';
import { isCloseCode } from '../../lib/protocol/closing/close-codes.js';
import { readClosePayload, writeClosePayload } from '../../lib/protocol/closing/close-payload.js';
import { InvalidUse } from '../../lib/protocol/invalid-use.js';
import { closeBody } from '../vectors/wire.js';

/** RFC 6455 7.4 and the registry it set up, as ranges that may be on the wire. */
const LEGAL: readonly (readonly [number, number])[] = [
  [1000, 1003],
  [1007, 1014],
  [3000, 4999],
];

function isLegal(code: number): boolean {
  return LEGAL.some(([first, last]) => first <= code && code <= last);
}

describe('each of the 65536 close codes', () => {
  const codes = Array.from({ length: 65536 }, (_, code) => code);

  it('is legal or not as the registry has it', () => {
    expect(codes.filter((code) => isCloseCode(code) !== isLegal(code))).toEqual([]);
  });

  it('is read and written if it is legal, and only then', () => {
    for (const code of codes) {
      const body = closeBody(code, 'why');
      if (isLegal(code)) {
        const written = writeClosePayload(code, 'why');
        if (!written.equals(body)) throw new Error(`${code} is written wrongly`);
        const read = readClosePayload(body);
        if (read.code !== code || read.reason !== 'why') throw new Error(`${code} is read wrongly`);
      } else if (
        !throws(() => readClosePayload(body)) ||
        !throws(() => writeClosePayload(code, ''))
      ) {
        throw new Error(`${code} is let through`);
      }
    }
  });
});

function throws(action: () => unknown): boolean {
  try {
    action();
    return false;
  } catch {
    return true;
  }
}

it.each([NaN, Infinity, -1, 1000.5, 65536, 1000 + 65536])('%d cannot be written', (code) => {
  expect(() => writeClosePayload(code, '')).toThrow(InvalidUse);
});
