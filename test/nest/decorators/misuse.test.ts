import { describe, expect, it } from 'vitest';
import {
  AllowOrigins,
  UseHandshakeGuards,
  WsGateway,
  WsPayload,
  WsUser,
} from '../../../lib/index.js';

/** What compilers that only strip types let through. */
const apply = (decorator: unknown, ...targets: unknown[]): unknown =>
  Reflect.apply(decorator as () => unknown, undefined, targets);

class Chat {
  say(): void {}
}
const METHOD = [Chat.prototype, 'say', Object.getOwnPropertyDescriptor(Chat.prototype, 'say')];

@WsGateway('/a')
class TwiceDecorated {}

describe('a decorator that stands wrong says so', () => {
  it.each<[string, () => unknown, string]>([
    ['no parentheses', () => apply(WsGateway, Chat), '@WsGateway: no parentheses on Chat'],
    [
      'a port',
      () => apply(WsGateway, 3000),
      '@WsGateway: 3000 given; gateways have no port of their own',
    ],
    ['null', () => apply(WsGateway, null), "expected @WsGateway('/path') or options"],
    ['two paths', () => apply(WsGateway, ['/a', '/b']), "@WsGateway: [ '/a', '/b' ] given"],
    [
      'two gateways on a class',
      () => apply(WsGateway('/b'), TwiceDecorated),
      '@WsGateway stands twice on TwiceDecorated; a gateway has one path',
    ],
    [
      'a pipe that is not there yet',
      () => apply(WsPayload, 'text', undefined),
      'a parameter decorator: argument 2 is undefined; expected',
    ],
    [
      'a lonely pipe that is not there yet',
      () => apply(WsPayload, undefined),
      'a parameter decorator: argument 1 is undefined; expected',
    ],
    [
      'a pipe that is null',
      () => apply(WsUser, null),
      'a parameter decorator: argument 1 is null; expected',
    ],
    [
      'a gateway on a method',
      () => apply(WsGateway('/chat'), ...METHOD),
      '@WsGateway stands on a member of Chat; it is for the class itself',
    ],
    [
      'handshake guards on a method',
      () => apply(UseHandshakeGuards(), ...METHOD),
      '@UseHandshakeGuards stands on a member of Chat',
    ],
    [
      'origins on a method',
      () => apply(AllowOrigins('*'), ...METHOD),
      '@AllowOrigins stands on a member of Chat',
    ],
    [
      'a guard that is not there yet',
      () => apply(UseHandshakeGuards(Chat as never, undefined as never), Chat),
      '@UseHandshakeGuards on Chat: argument 2 is undefined; expected guard classes or instances',
    ],
    [
      'an object that is no guard',
      () => apply(UseHandshakeGuards({} as never), Chat),
      '@UseHandshakeGuards on Chat: argument 1 has no canActivate',
    ],
  ])('%s', (_what, decorate, message) => {
    expect(decorate).toThrow(message);
  });
});
