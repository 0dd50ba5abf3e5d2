import { Signer } from '@fastify/cookie';
import { sign } from 'cookie-signature';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CookieGuard, type CookieGuardOptions, InvalidUse } from '../../../lib/index.js';
import { unsignCookie } from '../../../lib/nest/handshake/unsign-cookie.js';
import { readCookies } from '../../../lib/nest/connection/read-cookies.js';

class AnyGuard extends CookieGuard {
  authenticate(): null {
    return null;
  }
}

describe('signed cookies', () => {
  it('are read as Express signs them', () => {
    expect(unsignCookie(`s:${sign('abc', 'secret')}`, ['secret'])).toBe('abc');
  });

  it('are read as Fastify signs them', () => {
    expect(unsignCookie(new Signer('secret').sign('abc'), ['secret'])).toBe('abc');
  });

  it('are read with secrets that were rotated', () => {
    expect(unsignCookie(sign('abc', 'old'), ['new', 'old'])).toBe('abc');
    expect(unsignCookie(sign('abc', 'older'), ['new', 'old'])).toBeUndefined();
  });

  it.each([
    'abc',
    'abc.',
    '.',
    '',
    's:',
    's:abc',
    's:abc.def',
    sign('abc', 'x'),
    `j:${sign('abc', 'secret')}`,
    'j:{}',
  ])('are refused when forged: %j', (value) =>
    expect(unsignCookie(value, ['secret'])).toBeUndefined(),
  );

  it('are refused for any change', () => {
    const signed = sign('abc', 'secret');
    fc.assert(
      fc.property(
        fc.nat(signed.length - 1),
        fc.string({ minLength: 1, maxLength: 1 }),
        (at, char) => {
          fc.pre(signed[at] !== char);
          const changed = signed.slice(0, at) + char + signed.slice(at + 1);
          expect(unsignCookie(changed, ['secret'])).toBeUndefined();
        },
      ),
    );
  });
});

describe('the options of a CookieGuard', () => {
  it.each<[CookieGuardOptions | object, RegExp]>([
    [{ cookie: 'sid', secrets: [] }, /AnyGuard: secrets: an empty list given; expected/],
    [{ cookie: 'sid', secrets: ['new', ''] }, /secrets\[1\]: an empty text given; expected/],
    [{ cookie: 'sid', secrets: '' }, /secrets: an empty text given; expected/],
    [{ cookie: 'sid', secrets: undefined }, /secrets: undefined given; expected/],
    [{ cookie: 'sid', secrets: ['new', undefined] }, /secrets\[1\]: undefined given; expected/],
    [{ cookie: 'sid', secrets: 7 }, /secrets: a number given; expected/],
    [{ cookie: 'sid', secret: 'new' }, /unknown option "secret"; did you mean "secrets"/],
    [{ cookie: '' }, /AnyGuard: cookie/],
    [{ cookie: 'my sid' }, /cookie/],
    [{ secrets: 'new' }, /cookie/],
  ])('cannot be %o: cookies would go unread, or unsigned', (options, message) => {
    const make = () => new AnyGuard(options as CookieGuardOptions);
    expect(make).toThrow(InvalidUse);
    expect(make).toThrow(message);
  });

  it('are not told by what is said of them: they may be secrets', () => {
    const options = { cookie: 'sid', secrets: Buffer.from('hunter2') as never };
    expect(() => new AnyGuard(options)).toThrow(
      /^AnyGuard: secrets: an object given; expected a text[^:]*$/,
    );
  });
});

describe('the Cookie header', () => {
  it('becomes an object without a prototype', () => {
    const cookies = readCookies('__proto__=x; constructor=y; a=1');
    expect(Object.getPrototypeOf(cookies)).toBeNull();
    expect({ ...cookies }).toMatchObject({ constructor: 'y', a: '1' });
    expect(cookies['toString']).toBeUndefined();
  });

  it('may be anything', () => {
    fc.assert(
      fc.property(
        fc.string({ size: 'max', maxLength: 4096 }),
        (header) => void readCookies(header),
      ),
    );
  });
});
