import { InvalidUse } from '../../protocol/invalid-use.js';
import type { WsCodec } from '../../protocol/wsgate/codec.js';
import { showGiven } from '../values/show-given.js';
import { isThenable } from '../waiting/is-thenable.js';

/**
 * The application's codec, with a look at what it gives. Sending an object or a promise would send
 * nothing, and nobody would know; a promise that rejects would end the process.
 *
 * @throws InvalidUse from `encode` for what is neither text nor bytes, from `decode` for a promise
 */
export function checkedCodec(codec: WsCodec): WsCodec {
  return {
    protocol: codec.protocol,
    decode(data, isBinary) {
      const message = codec.decode(data, isBinary);
      if (isThenable(message)) throw refuse('decode', message, 'a message, at once');
      return message;
    },
    encode(message) {
      const encoded: unknown = codec.encode(message);
      if (typeof encoded === 'string' || encoded instanceof Uint8Array) return encoded;
      throw refuse('encode', encoded, 'a string or a Uint8Array');
    },
  };
}

function refuse(method: string, given: unknown, expected: string): InvalidUse {
  if (isThenable(given)) given.then(undefined, () => undefined);
  return new InvalidUse(`codec.${method} gave ${showGiven(given)}; expected ${expected}`);
}
