import type { ClientOptions } from '../../socket/client-options.js';
import { WebSocket } from '../../socket/web-socket.js';
import type { WsSocket, WsSocketFactory } from './ws-socket.js';

/** Connects with this package's own WebSocket for Node. */
export function connectNodeSocket(options: ClientOptions = {}): WsSocketFactory {
  return (url, protocols, headers) => {
    const settings = {
      perMessageDeflate: false,
      ...options,
      headers: { ...options.headers, ...headers },
    };
    return new WebSocket(url, protocols, settings) as unknown as WsSocket;
  };
}
