import type { WsCodec } from '../../protocol/wsgate/codec.js';
import {
  type BadRequest,
  type ClientRequest,
  idOf,
  readClientMessage,
} from '../../protocol/wsgate/read-client-message.js';
import { jsonCodec } from '../../protocol/wsgate/json-codec.js';
import { describeTooMuch, holdsTooMuch } from './holds-too-much.js';
import { headOfTooMuch } from './too-much-json.js';

/** Reads what a client asks for in one message. Never throws: what cannot be read is a bad request. */
export function readRequest(
  data: string | Uint8Array,
  isBinary: boolean,
  codec: WsCodec,
  maxValues: number,
): ClientRequest {
  try {
    if (codec === jsonCodec && typeof data === 'string') return readJson(data, maxValues);
    const message = codec.decode(data, isBinary);
    const request = readClientMessage(message);
    return holdsTooMuch(message, data.length, maxValues) ? tooMuch(request, maxValues) : request;
  } catch {
    return undecodable(codec);
  }
}

/** What holds too much is not parsed, but for what comes before it: the id, as clients write it. */
function readJson(text: string, maxValues: number): ClientRequest {
  const head = headOfTooMuch(text, maxValues);
  const request = readClientMessage(JSON.parse(head ?? text));
  return head === undefined ? request : tooMuch(request, maxValues);
}

/** Says what is spoken here, and nothing of what came. */
function undecodable(codec: WsCodec): BadRequest {
  const expected = codec === jsonCodec ? 'JSON in a text frame' : codec.protocol;
  const hint = expected === undefined ? '' : `; expected ${expected}`;
  return { kind: 'bad', id: undefined, problem: `the message cannot be decoded${hint}` };
}

function tooMuch(request: ClientRequest, maxValues: number): BadRequest {
  return { kind: 'bad', id: idOf(request), problem: describeTooMuch(maxValues) };
}
