import type { WsCodec } from '../../../protocol/wsgate/codec.js';
import {
  type BadRequest,
  type ClientRequest,
  idOf,
  readClientMessage,
} from '../../../protocol/wsgate/read-client-message.js';
import { jsonCodec } from '../../../protocol/wsgate/json-codec.js';
import { describeTooManyValues, hasTooManyValues } from './has-too-many-values.js';
import { isScanning, type ScanningCodec } from './scanning-codec.js';
import { headOfLargeJson } from './head-of-large-json.js';

/** Reads what a client asks for in one message. Never throws: what cannot be read is a bad request. */
export function readRequest(
  data: string | Uint8Array,
  isBinary: boolean,
  codec: WsCodec,
  maxValues: number,
): ClientRequest {
  try {
    const scan = scanOf(codec);
    const head = scan?.(data, maxValues);
    const message = codec.decode(head ?? data, isBinary);
    const request = readClientMessage(message);
    const isTooMuch = scan ? head !== undefined : hasTooManyValues(message, data.length, maxValues);
    if (!isTooMuch) return request;
    return { kind: 'bad', id: idOf(request), problem: describeTooManyValues(maxValues) };
  } catch {
    return undecodable(codec);
  }
}

/**
 * How to find out before decoding that a message has too many values. Then only its head is
 * decoded, for the id. With a codec of the application's own, values are counted after decoding.
 */
function scanOf(codec: WsCodec): ScanningCodec['headIfTooLarge'] | undefined {
  if (codec === jsonCodec) return scanJson;
  return isScanning(codec) ? codec.headIfTooLarge : undefined;
}

function scanJson(data: string | Uint8Array, maxValues: number): string | undefined {
  return typeof data === 'string' ? headOfLargeJson(data, maxValues) : undefined;
}

/** Says which format is expected. Quotes nothing the client sent. */
function undecodable(codec: WsCodec): BadRequest {
  const expected = codec === jsonCodec ? 'JSON in a text frame' : codec.protocol;
  const hint = expected === undefined ? '' : `; expected ${expected}`;
  return { kind: 'bad', id: undefined, problem: `the message cannot be decoded${hint}` };
}
