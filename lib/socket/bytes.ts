/** What can be sent: text as a string; bytes in any of the platform's shapes. */
export type WebSocketData = string | Buffer | ArrayBuffer | ArrayBufferView;

/** The same bytes as a Buffer, without a copy. */
export function toBytes(data: ArrayBuffer | ArrayBufferView): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
}

/** Data as the payload of a control frame. */
export function toPayload(data: WebSocketData): Buffer {
  return typeof data === 'string' ? Buffer.from(data, 'utf8') : toBytes(data);
}
