import type { Duplex } from 'node:stream';
import type { PreparedMessage } from '../../protocol/message/prepared-message.js';
import type { WebSocketData } from '../../socket/bytes.js';
import type { SendCallback } from '../../socket/connection-output.js';
import { WebSocket, type WebSocketSendOptions } from '../../socket/web-socket.js';
import type { SocketOwner } from './socket-owner.js';

/**
 * The socket that gateways of `@nestjs/websockets` get as their client. To them it is like any
 * `WebSocket`. It adds no public names, because applications put their own on it.
 */
export class GatewaySocket extends WebSocket {
  #owner: SocketOwner | undefined;

  /** The owner of a socket; undefined for anything but a socket of the adapter. */
  static ownerOf(value: unknown): SocketOwner | undefined {
    const isOurs = typeof value === 'object' && value !== null && #owner in value;
    return isOurs ? value.#owner : undefined;
  }

  /** Makes the adapter the owner of a socket. */
  static own(socket: GatewaySocket, owner: SocketOwner): void {
    socket.#owner = owner;
  }

  /** What `ws` has under this name, and guards read an address from. */
  get _socket(): Duplex | undefined {
    return this.#owner?.transport;
  }

  override send(
    data: WebSocketData,
    options?: WebSocketSendOptions | SendCallback,
    callback?: SendCallback,
  ): void {
    if (this.#owner?.beforeSend(data) !== 'sent') {
      super.send(data, options as WebSocketSendOptions, callback);
      return;
    }
    const done = typeof options === 'function' ? options : callback;
    if (done !== undefined) process.nextTick(done);
  }

  override sendPrepared(message: PreparedMessage, options?: { readonly compress?: boolean }): void {
    if (this.#owner?.beforeSend(message) !== 'sent') super.sendPrepared(message, options);
  }
}
