/**
 * How messages become frames. The built-in ones speak `wsgate.v1` as JSON text and as MessagePack;
 * an application may bring its own and name it per gateway.
 */
export interface WsCodec {
  /** The subprotocol this codec is chosen by; without one it serves every client of the gateway. */
  readonly protocol?: string;
  /**
   * Reads one message.
   *
   * @param data text as a string, binary as a Buffer.
   * @returns a `wsgate.v1` message: `{ type, id?, data? }` or an `op`.
   * @throws anything, when the message cannot be read; the client gets `BAD_MESSAGE`.
   */
  decode(data: string | Buffer, isBinary: boolean): unknown;
  /** Writes one message: a string leaves as text, bytes as binary. */
  encode(message: unknown): string | Uint8Array;
}
