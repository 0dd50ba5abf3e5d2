/**
 * The part of a WebSocket that the client uses. The platform's WebSocket has it, and so do those of
 * `nestjs-wsgate/server` and `ws`.
 */
export interface WsSocket {
  /** Set to `arraybuffer`. */
  binaryType: string;
  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number;
  /** Bytes that were sent and have not left yet. */
  readonly bufferedAmount: number;
  /** The opening handshake is done. */
  onopen: ((event: never) => void) | null;
  /** `data` is a string, or an ArrayBuffer. */
  onmessage: ((event: never) => void) | null;
  /** `onclose` follows. */
  onerror: ((event: never) => void) | null;
  /** `code` and `reason` as in a CloseEvent. */
  onclose: ((event: never) => void) | null;
  /** A string as text, bytes as binary. */
  send(data: string | Uint8Array<ArrayBuffer>): void;
  /** Begins the closing handshake. */
  close(code?: number, reason?: string): void;
  /** Ends it without a closing handshake, where the platform can. */
  terminate?(): void;
}

/** Makes the socket of one attempt. A throw means that no attempt can succeed. */
export type WsSocketFactory = (
  url: string,
  protocols: string[],
  headers: Readonly<Record<string, string>> | undefined,
) => WsSocket;
