import type { ClientMessage } from '../protocol/wsgate/client-message.js';
import { WSGATE_V1 } from '../protocol/wsgate/subprotocols.js';

/** Turns messages into what travels and back; the counterpart of the server's codec. */
export interface WsClientCodec {
  /** The subprotocol to ask the server for. */
  readonly protocol: string;
  /**
   * A string leaves as text, bytes leave as binary. Members that are absent are not there, never
   * `undefined`.
   */
  encode(message: ClientMessage): string | Uint8Array<ArrayBuffer>;
  /** Text comes as a string, binary as bytes. A throw costs the connection. */
  decode(data: string | Uint8Array): unknown;
}

/** The codec of `wsgate.v1`: one JSON object per text message. */
export const jsonClientCodec: Readonly<WsClientCodec> = {
  protocol: WSGATE_V1,
  encode: (message) => JSON.stringify(message),
  decode: (data) => JSON.parse(data as string) as unknown,
};
