import { isToken } from '../../protocol/handshake/tokens.js';
import { InvalidUse } from '../../protocol/invalid-use.js';
import type { WsClientCodec } from '../client-codec.js';

/** Throws {@link InvalidUse} for a codec that lacks a part. Only in Node, as with all options. */
export function assertCodec(name: string, codec: WsClientCodec): void {
  const { protocol, encode, decode } = Object(codec) as Partial<WsClientCodec>;
  if (typeof protocol !== 'string' || !isToken(protocol)) {
    refuse(`${name}.protocol`, protocol, 'the name of a subprotocol: "chat.v1"');
  }
  for (const [method, run] of Object.entries({ encode, decode })) {
    if (typeof run !== 'function') refuse(`${name}.${method}`, run, 'a function');
  }
}

function refuse(name: string, value: unknown, expected: string): never {
  throw new InvalidUse(`${name}: ${String(value)} given; expected ${expected}`);
}
