import type { WsCodec } from '../../protocol/wsgate/codec.js';
import {
  type BadRequest,
  type ClientRequest,
  idOf,
  readClientMessage,
} from '../../protocol/wsgate/read-client-message.js';
import { jsonCodec } from '../../protocol/wsgate/json-codec.js';
import { describeTooMuch, holdsTooMuch } from './holds-too-much.js';
import { isThrifty, type ThriftyCodec } from './thrifty-codec.js';
import { headOfTooMuch } from './too-much-json.js';

/** Reads what a client asks for in one message. Never throws: what cannot be read is a bad request. */
export function readRequest(
  data: string | Uint8Array,
  isBinary: boolean,
  codec: WsCodec,
  maxValues: number,
): ClientRequest {
  try {
    const look = lookOf(codec);
    const head = look?.(data, maxValues);
    const message = codec.decode(head ?? data, isBinary);
    const request = readClientMessage(message);
    const isTooMuch = look ? head !== undefined : holdsTooMuch(message, data.length, maxValues);
    if (!isTooMuch) return request;
    return { kind: 'bad', id: idOf(request), problem: describeTooMuch(maxValues) };
  } catch {
    return undecodable(codec);
  }
}

/**
 * How to find out before a message is decoded that it holds too much. Then only what comes before
 * that is decoded: the id, as clients write it. Codecs of an application's own are asked afterwards.
 */
function lookOf(codec: WsCodec): ThriftyCodec['headOfTooMuch'] | undefined {
  if (codec === jsonCodec) return lookAtJson;
  return isThrifty(codec) ? codec.headOfTooMuch : undefined;
}

function lookAtJson(data: string | Uint8Array, maxValues: number): string | undefined {
  return typeof data === 'string' ? headOfTooMuch(data, maxValues) : undefined;
}

/** Says what is spoken here, and nothing of what came. */
function undecodable(codec: WsCodec): BadRequest {
  const expected = codec === jsonCodec ? 'JSON in a text frame' : codec.protocol;
  const hint = expected === undefined ? '' : `; expected ${expected}`;
  return { kind: 'bad', id: undefined, problem: `the message cannot be decoded${hint}` };
}
