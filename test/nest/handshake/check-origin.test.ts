import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isOriginAllowed, type OriginRules } from '../../../lib/nest/handshake/check-origin.js';
import { readHost, readIp, readScheme } from '../../../lib/nest/handshake/forwarded.js';
import { normalizeOrigins } from '../../../lib/nest/options/origin-policy.js';
import type { TrustProxy } from '../../../lib/nest/options/ws-module-options.js';

interface Upgrade {
  readonly origin?: string | readonly string[];
  readonly host?: string;
  readonly encrypted?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

function createRequest({
  origin,
  host = 'app.example',
  encrypted,
  headers,
}: Upgrade): IncomingMessage {
  const socket = Object.assign(new Socket(), { encrypted: encrypted === true });
  const request = new IncomingMessage(socket);
  const origins = [origin ?? []].flat();
  // What Node makes of a header that comes more than once.
  if (origins.length > 0) request.headers.origin = origins.join(', ');
  request.headersDistinct['origin'] = [...origins];
  Object.assign(request.headers, { host }, headers);
  return request;
}

function isAllowed(upgrade: Upgrade, rules: Partial<OriginRules> = {}): boolean {
  const defaults: OriginRules = {
    origin: 'same-origin',
    allowMissingOrigin: true,
    trustProxy: false,
  };
  const merged = { ...defaults, ...rules };
  return isOriginAllowed(createRequest(upgrade), {
    ...merged,
    origin: normalizeOrigins(merged.origin),
  });
}

describe('the same-origin check', () => {
  it.each<[Upgrade]>([
    [{ origin: 'http://app.example' }],
    [{ origin: 'https://app.example', encrypted: true }],
    [{ origin: 'http://app.example:3000', host: 'app.example:3000' }],
    [{ origin: 'http://app.example', host: 'app.example:80' }],
    [{ origin: 'http://app.example', host: 'APP.example' }],
    [{ origin: 'http://127.0.0.1:3000', host: '127.0.0.1:3000' }],
    [{ origin: 'http://[::1]:3000', host: '[::1]:3000' }],
    [{}],
  ])('lets in %o', (upgrade) => {
    expect(isAllowed(upgrade)).toBe(true);
  });

  it.each([
    'http://evil.example',
    'http://app.example.evil.example',
    'http://evilapp.example',
    'http://sub.app.example',
    'http://app.example:8080',
    'https://app.example',
    'http://app.example.',
    'http://app.exampl\u0435',
    'http://192.0.2.1',
    'null',
    '',
    ' http://app.example',
    'http://app.example/',
    'http://app.example/path',
    'http://app.example?x',
    'http://app.example#x',
    'http://user@app.example',
    'http://app.example@evil.example',
    'http://app.example\\@evil.example',
    'HTTP://APP.EXAMPLE',
    'http://app.example:80',
    'http:app.example',
    '//app.example',
    'app.example',
    'file://',
    'javascript:alert(1)',
    'http://app.example, http://app.example',
    'http://app.example http://evil.example',
    '__proto__',
  ])('refuses the Origin %j', (origin) => {
    expect(isAllowed({ origin })).toBe(false);
  });

  it('refuses an Origin that comes twice, even the right one', () => {
    expect(isAllowed({ origin: ['http://app.example', 'http://app.example'] })).toBe(false);
    expect(
      isAllowed({ origin: ['http://app.example', 'http://app.example'] }, { origin: '*' }),
    ).toBe(false);
  });

  it.each(['evil.example/app.example', 'app.example@evil.example', 'a b', 'app.example#'])(
    'believes no Host like %j',
    (host) => {
      expect(isAllowed({ origin: 'http://app.example', host })).toBe(false);
      expect(isAllowed({ origin: 'http://evil.example', host })).toBe(false);
    },
  );

  it('refuses a missing Origin where the option says so', () => {
    expect(isAllowed({}, { allowMissingOrigin: false })).toBe(false);
  });
});

describe('a list of origins', () => {
  const rules = { origin: ['https://app.example.com', 'https://other.example:443', 'app://shell'] };

  it.each([
    'https://app.example.com',
    'https://other.example',
    'app://shell',
    'http://app.example',
  ])('lets in %s', (origin) => expect(isAllowed({ origin }, rules)).toBe(true));

  it.each([
    'http://app.example.com',
    'https://app.example.com:444',
    'https://xapp.example.com',
    'https://app.example.com.evil.example',
    'https://app.example.co',
    'app://shell2',
    'app://shell/',
    'null',
  ])('refuses %s', (origin) => expect(isAllowed({ origin }, rules)).toBe(false));
});

describe('any origin', () => {
  it('is still an origin', () => {
    expect(isAllowed({ origin: 'https://any.example' }, { origin: '*' })).toBe(true);
    expect(isAllowed({ origin: 'null' }, { origin: '*' })).toBe(false);
    expect(isAllowed({ origin: 'nonsense' }, { origin: '*' })).toBe(false);
  });
});

describe('behind a proxy', () => {
  const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'app.example.com' };
  const upgrade = { origin: 'https://app.example.com', host: 'inner:3000', headers };

  it('believes forwarded scheme and host only where told to', () => {
    expect(isAllowed(upgrade)).toBe(false);
    expect(isAllowed(upgrade, { trustProxy: true })).toBe(true);
  });

  it('believes the connection where the proxy says nothing', () => {
    const request = createRequest({ host: 'app.example', encrypted: true });
    Object.defineProperty(request.socket, 'remoteAddress', { value: '192.0.2.1' });
    const read = [readScheme(request, 1), readHost(request, 1), readIp(request, 1)];
    expect(read).toEqual(['https', 'app.example', '192.0.2.1']);
  });

  it('believes the proxy, not what the client wrote before it', () => {
    const forged = { ...headers, 'x-forwarded-host': 'evil.example, app.example.com' };
    const origin = 'https://evil.example';
    expect(isAllowed({ ...upgrade, origin, headers: forged }, { trustProxy: 1 })).toBe(false);
    expect(isAllowed({ ...upgrade, headers: forged }, { trustProxy: 1 })).toBe(true);
  });

  it.each(['true', 'loopback', '', Number.NaN, 0.5, -1, null, {}])(
    'believes nobody where %j is no number of proxies',
    (given) => {
      const forged = {
        ...headers,
        'x-forwarded-host': 'evil.example',
        'x-forwarded-for': '10.0.0.1',
      };
      const request = createRequest({ host: 'inner:3000', headers: forged });
      const trust = given as TrustProxy;
      expect([readHost(request, trust), readIp(request, trust)]).toEqual(['inner:3000', '']);
      expect(readScheme(request, trust)).toBe('http');
    },
  );
});
