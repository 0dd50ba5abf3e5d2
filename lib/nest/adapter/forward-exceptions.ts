import type { EventEmitter } from 'node:events';
import { WSGATE_V1 } from '../../protocol/wsgate/subprotocols.js';
import type { WebSocket } from '../../socket/web-socket.js';
import { writeExceptionEvent } from './event-dialect/exception-event.js';

/**
 * Sends the client what Nest 11's exception filter passes to `client.emit('exception', data)`,
 * which would only reach clients of socket.io; Nest 12 sends it itself. An application that listens
 * for `exception` handles it in its own way, so then nothing is sent, except to clients of
 * `wsgate.v1`: their calls need an outcome.
 */
export function forwardExceptions(socket: WebSocket): void {
  const emitter = socket as unknown as EventEmitter;
  emitter.on('exception', (data: object) => {
    if (socket.protocol !== WSGATE_V1 && emitter.listenerCount('exception') > 1) return;
    socket.send(writeExceptionEvent(data));
  });
}
