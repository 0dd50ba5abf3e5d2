import { type PreparedMessage, prepareMessage } from '../../protocol/message/prepared-message.js';
import type { WsCodec } from '../../protocol/wsgate/codec.js';
import { pushMessage } from '../../protocol/wsgate/push-message.js';
import type { PushMessage } from '../../protocol/wsgate/server-message.js';
import type { WsConnection } from '../connection/ws-connection.js';
import { assertPushType } from '../connection/assert-push-type.js';

/**
 * Pushes one message to many, encoded and framed once per codec among them.
 *
 * @throws what a codec throws for data it has no form for, InvalidUse for what is not a type
 */
export function sendToAll(
  receivers: Iterable<WsConnection>,
  except: ReadonlySet<WsConnection>,
  type: string,
  data: unknown,
): void {
  assertPushType(type);
  const message = pushMessage(type, data);
  const prepared = new Map<WsCodec, PreparedMessage>();
  let lastCodec: WsCodec | undefined;
  let last: PreparedMessage | undefined;
  for (const receiver of receivers) {
    if (except.has(receiver)) continue;
    const { codec } = receiver.link;
    // Most servers have one codec: remembering it saves a look into the map per receiver.
    if (last === undefined || codec !== lastCodec) {
      lastCodec = codec;
      last = prepareOnce(prepared, codec, message);
    }
    receiver.deliver(type, last);
  }
}

function prepareOnce(
  prepared: Map<WsCodec, PreparedMessage>,
  codec: WsCodec,
  message: PushMessage,
): PreparedMessage {
  let framed = prepared.get(codec);
  if (framed === undefined) {
    framed = prepareMessage(codec.encode(message));
    prepared.set(codec, framed);
  }
  return framed;
}
