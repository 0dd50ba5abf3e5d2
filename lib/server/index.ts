export { InvalidUse } from '../protocol/invalid-use.js';
export { ProtocolViolation } from '../protocol/protocol-violation.js';
export { type PreparedMessage, prepareMessage } from '../protocol/message/prepared-message.js';
export type { DeflateOptions } from '../protocol/extensions/permessage-deflate/deflate-options.js';
export type { WebSocketData } from '../socket/bytes.js';
export type { ClientOptions } from '../socket/opening-handshake/client-options.js';
export { UnexpectedResponse } from '../socket/opening-handshake/unexpected-response.js';
export type { RateOptions } from '../socket/rate.js';
export type { SendCallback } from '../socket/connection-output.js';
export type { ReadyState } from '../socket/ready-state.js';
export type { DomEvent, DomEventType, DomListener } from '../socket/dom-events.js';
export type { SocketOptions } from '../socket/socket-options.js';
export { WebSocket, type WebSocketSendOptions } from '../socket/web-socket.js';
export type { WebSocketEventMap } from '../socket/web-socket-events.js';
export { MemoryLedger, type MemoryLevel } from './limits/memory-ledger.js';
export type { ServerOptions } from './server-options.js';
export type {
  VerifyClient,
  VerifyClientAnswer,
  VerifyClientInfo,
} from './handshake/verify-client.js';
export { WebSocketServer } from './web-socket-server.js';
export type { WebSocketServerEventMap } from './web-socket-server-events.js';
