import { type CanActivate, Injectable, UnauthorizedException } from '@nestjs/common';
import { sign } from 'cookie-signature';
import { describe, expect, it } from 'vitest';
import { CookieGuard, UseHandshakeGuards, WsGateway } from '../../../lib/index.js';
import { PLATFORMS, serveApp } from '../support/gateway-app.js';
import { Lines } from '../support/lines.js';
import { refusedPeer } from '../support/ws-peer.js';

@Injectable()
class SidGuard extends CookieGuard<object> {
  constructor() {
    super({ cookie: 'sid', secrets: ['new', 'old'] });
  }
  authenticate(): null {
    return null;
  }
}
@WsGateway('/signed')
@UseHandshakeGuards(SidGuard)
class SignedGateway {}

@Injectable()
class TokenGuard implements CanActivate {
  canActivate(): never {
    throw new UnauthorizedException('no', { cause: new Error('the token\r\nhas expired') });
  }
}
@WsGateway('/token')
@UseHandshakeGuards(TokenGuard)
class TokenGateway {}
@WsGateway('/rooms/:room/chat')
class RoomGateway {}

describe.each(PLATFORMS)('a refused handshake on %s', (platform) => {
  async function refusals(
    requests: readonly (readonly [path: string, cookie?: string])[],
  ): Promise<{ readonly lines: readonly string[]; readonly bodies: readonly string[] }> {
    const log = new Lines();
    const providers = [SignedGateway, SidGuard, TokenGateway, TokenGuard, RoomGateway];
    const { app, url } = await serveApp({ platform, providers, nest: { logger: log } });
    const bodies: string[] = [];
    for (const [path, cookie] of requests) {
      const headers: Record<string, string> = cookie === undefined ? {} : { cookie };
      bodies.push((await refusedPeer(url + path, { headers })).body);
    }
    await app.close();
    return { lines: log.about('refused '), bodies };
  }

  it('is logged with what a CookieGuard misses, which the client is not told', async () => {
    const { lines, bodies } = await refusals([
      ['/signed'],
      ['/signed', 'session=x'],
      ['/signed', `sid=s:${sign('', 'new')}`],
      ['/signed', 'sid=abc'],
      ['/signed', `sid=s:${sign('abc', 'older')}`],
      ['/signed', `sid=s:${sign('abc', 'old')}`],
    ]);
    const line = 'refused the handshake of /signed: 401 by SidGuard: ';
    const whys = ['the cookie "sid" is missing', 'the cookie "sid" is missing'].concat(
      ['the cookie "sid" is empty'],
      Array<string>(2).fill('no secret has signed the cookie "sid"'),
      ['authenticate has found nobody'],
    );
    expect(lines).toEqual(whys.map((why) => expect.stringContaining(line + why)));
    expect(new Set(bodies)).toEqual(new Set(['{"message":"Unauthorized","statusCode":401}']));
  });

  it('is logged with the cause of the exception', async () => {
    const { lines, bodies } = await refusals([['/token']]);
    expect(lines[0]).toContain('401 by TokenGuard: the token\\u000d\n    has expired');
    expect(bodies[0]).not.toContain('expired');
  });

  it('is logged where no gateway has the path, with the one that was probably meant', async () => {
    const paths = ['/signed/', '/Rooms/lobby/Chat', '/api/v1/rooms/lobby/chat', '/a/b/c/d/signed'];
    const { lines, bodies } = await refusals([...paths, '/%zz?sid=x'].map((path) => [path]));
    const hints = [
      'without the slash at its end it would be "/signed"',
      'in lower case it would be "/rooms/:room/chat"',
      'without its beginning it would be "/rooms/:room/chat"; the global prefix does not apply',
      'there are "/rooms/:room/chat", "/signed", "/token"',
      'there are "/rooms/:room/chat", "/signed", "/token"',
    ];
    const line = 'refused a handshake: 404 no gateway has its path; ';
    expect(lines).toEqual(hints.map((hint) => expect.stringMatching(`^${line}${hint}( |$)`)));
    expect(new Set(bodies)).toEqual(new Set(['no WebSocket here']));
  });

  it('is logged where there is no gateway at all', async () => {
    const log = new Lines();
    const { app, url } = await serveApp({ platform, providers: [], nest: { logger: log } });
    await refusedPeer(`${url}/signed`);
    await app.close();
    expect(log.about('no gateway has its path; there is none at all')).toHaveLength(1);
  });
});
