import { InvalidUse } from '../../protocol/invalid-use.js';
import type { WsSocket, WsSocketFactory } from './ws-socket.js';

/** Connects with the WebSocket of the platform: a browser, Deno, Bun, a worker. */
export const connectPlatformSocket: WsSocketFactory = (url, protocols, headers) => {
  const { WebSocket } = globalThis as unknown as {
    readonly WebSocket?: new (url: string, protocols: string[]) => WsSocket;
  };
  if (!WebSocket) {
    throw new InvalidUse('no WebSocket here: set the option webSocket');
  }
  if (headers) throw new InvalidUse('headers: a browser sends none of yours');
  return new WebSocket(url, protocols);
};
