export type { ClientMessage } from '../protocol/wsgate/client-message.js';
export type {
  CallType,
  EventType,
  ItemOf,
  MessageType,
  PayloadOf,
  PushOf,
  PushType,
  ReplyOf,
  StreamType,
  UntypedContract,
  WsContract,
} from '../protocol/wsgate/contract.js';
export type { FieldError } from '../protocol/wsgate/field-error.js';
export type { WsRequestOptions } from './calls/request-call.js';
export type { WsStreamOptions } from './calls/stream-call.js';
export type { WsClientCodec } from './client-codec.js';
export type { WsAttempt, WsAuthHook, WsCredentials } from './connection/auth.js';
export type { BackoffOptions } from './connection/backoff.js';
export type { WsSocket, WsSocketFactory } from './connection/ws-socket.js';
export { WsClientError, type WsClientErrorCode } from './errors/ws-client-error.js';
export { WsRemoteError } from './errors/ws-remote-error.js';
export type { WsObserver, WsSubscription } from './stream/observer.js';
export type { WsStream } from './stream/ws-stream.js';
export { WsClient } from './ws-client.js';
export type { WsClientOptions } from './options/ws-client-options.js';
export type { WsEnd } from './ws-end.js';
export type { WsStatus } from './ws-status.js';
