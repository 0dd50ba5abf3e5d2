import type { WsCodec } from '../../protocol/wsgate/codec.js';
import {
  type BadRequest,
  type ClientRequest,
  idOf,
  readClientMessage,
} from '../../protocol/wsgate/read-client-message.js';
import { describeTooMuch, holdsTooMuch } from './holds-too-much.js';

/** What the codec could not read. */
const UNDECODABLE: BadRequest = Object.freeze({
  kind: 'bad',
  id: undefined,
  problem: 'the message cannot be decoded',
});

/** Reads what a client asks for in one message. Never throws: what cannot be read is a bad request. */
export function readRequest(
  data: string | Uint8Array,
  isBinary: boolean,
  codec: WsCodec,
  maxValues: number,
): ClientRequest {
  try {
    const message = codec.decode(data, isBinary);
    const request = readClientMessage(message);
    if (!holdsTooMuch(message, data.length, maxValues)) return request;
    return { kind: 'bad', id: idOf(request), problem: describeTooMuch(maxValues) };
  } catch {
    return UNDECODABLE;
  }
}
