import type { ServerMessage } from './server-message.js';

/**
 * Turns WebSocket messages into `wsgate.v1` messages and back. Bring your own for another envelope
 * (`{event, data}`), raw bytes or protobuf, and name it per gateway. One codec object serves many
 * connections, so it keeps no state of any one of them.
 */
export interface WsCodec {
  /** The subprotocol that stands for this codec in the handshake; absent: it needs none. */
  readonly protocol?: string | undefined;
  /**
   * Reads one message. What it returns must have the shape of a client message and is checked like
   * any other. A throw, or a promise, is answered with `BAD_MESSAGE`.
   *
   * @param data text as a string, binary as bytes
   * @param isBinary did it come in binary frames?
   */
  decode(data: string | Uint8Array, isBinary: boolean): unknown;
  /**
   * Writes one message: a string leaves as text, bytes leave as binary. A throw (data that has no
   * form on the wire), or anything else than these, is answered with `INTERNAL`. If it throws for
   * that, too, the connection is closed with 1011. What it returns may be kept until the client is
   * ready for it, so it is not written to again.
   */
  encode(message: ServerMessage): string | Uint8Array;
}
