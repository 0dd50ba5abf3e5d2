import type { EventEmitter } from 'node:events';
import { WSGATE_V1 } from '../../protocol/wsgate/subprotocols.js';
import type { WebSocket } from '../../socket/web-socket.js';
import { writeExceptionEvent } from './exception-event.js';

/**
 * Sends the client what Nest 11 says in its exception filter with `client.emit('exception', data)`,
 * which reaches clients of socket.io and nobody else; Nest 12 sends it itself. An application that
 * listens for `exception` has found its own way, and is left to it; but a call needs its outcome.
 */
export function forwardExceptions(socket: WebSocket): void {
  const emitter = socket as unknown as EventEmitter;
  emitter.on('exception', (data: object) => {
    if (socket.protocol !== WSGATE_V1 && emitter.listenerCount('exception') > 1) return;
    socket.send(writeExceptionEvent(data));
  });
}
