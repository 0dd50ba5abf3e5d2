import type { ClientOptions } from '../../socket/opening-handshake/client-options.js';
import { LONGEST_TIMEOUT } from '../../socket/deadline.js';
import { WebSocket } from '../../socket/web-socket.js';
import type { WsSocket, WsSocketFactory } from './ws-socket.js';

/** Connects with this package's own WebSocket for Node, which a server may close in that time. */
export function connectNodeSocket(
  options: ClientOptions = {},
  closeTimeoutMs: number,
): WsSocketFactory {
  return (url, protocols, headers) => {
    const settings = {
      perMessageDeflate: false,
      // There 0 is no limit, and the longest time is what a timer can wait.
      closeTimeout: Math.min(Math.max(1, closeTimeoutMs), LONGEST_TIMEOUT),
      ...options,
      headers: { ...options.headers, ...headers },
    };
    return new WebSocket(url, protocols, settings) as unknown as WsSocket;
  };
}
