/**
 * The public door of `nestjs-wsgate`: WebSocket gateways for NestJS.
 *
 * @packageDocumentation
 */
export type {
  EventMessageParser,
  WsgateAdapterOptions,
  WsgatePathOptions,
} from './nest/adapter/adapter-options.js';
export type { WsgateServerOptions } from './nest/adapter/create-gateway-server.js';
export { WsgateAdapter } from './nest/adapter/wsgate-adapter.js';
export type {
  HandlerResult,
  ObservableLike,
  PayloadMismatch,
  TypedHandlerDecorator,
} from './nest/contract/handler-contract.js';
export type { SentData, SentType, TypedSender } from './nest/contract/typed-sender.js';
export { AllowOrigins } from './nest/decorators/allow-origins.decorator.js';
export {
  WsConn,
  WsCookie,
  WsHeader,
  WsParam,
  WsQuery,
  WsSignal,
  WsUser,
} from './nest/decorators/connection-params.decorator.js';
export type { PipeLike } from './nest/pipeline/param-metadata.js';
export { UseHandshakeGuards } from './nest/decorators/use-handshake-guards.decorator.js';
export { WsGateway } from './nest/decorators/ws-gateway.decorator.js';
export { type TypedWsHandler, wsHandlerFor } from './nest/decorators/ws-handler-for.js';
export { WsHandler, type WsHandlerOptions } from './nest/decorators/ws-handler.decorator.js';
export { WsPayload, type WsPayloadOptions } from './nest/decorators/ws-payload.decorator.js';
export { ValidationFailed } from './nest/errors/validation-failed.js';
export { WsException } from './nest/errors/ws-exception.js';
export { CookieGuard, type CookieRequest } from './nest/handshake/cookie.guard.js';
export type { CookieGuardOptions } from './nest/handshake/cookie-guard-options.js';
export type { OriginPolicy } from './nest/options/origin-policy.js';
export { OriginGuard } from './nest/handshake/origin.guard.js';
export type { UpgradeRequest } from './nest/handshake/upgrade-request.js';
export type { Audience } from './nest/push/audience.js';
export type { WsDrainOptions } from './nest/push/drain-all.js';
export type { PushOptions, PushPolicy } from './nest/options/push-options.js';
export type { RecheckOptions } from './nest/options/recheck-options.js';
export type { SameUser } from './nest/options/same-user.js';
export type { WsStats } from './nest/stats/ws-stats.js';
export type { StandardSchema } from './nest/values/standard-schema.js';
export type { MessageRateOptions, RateExcess } from './nest/options/message-rate-options.js';
export type { StreamOptions, StreamOverflow } from './nest/options/stream-options.js';
export { WsConnection } from './nest/connection/ws-connection.js';
export type { OnWsClose, OnWsOpen, WsClose } from './nest/connection/ws-hooks.js';
export type {
  GlobalGuards,
  TrustProxy,
  WsGatewayMetadata,
  WsGatewayOptions,
  WsModuleOptions,
} from './nest/options/ws-module-options.js';
export { WS_OPTIONS } from './nest/options/ws-options.token.js';
export { WsServer } from './nest/ws-server.js';
export { WsModule } from './nest/ws.module.js';
export { InvalidUse } from './protocol/invalid-use.js';
export type { DeflateOptions } from './protocol/extensions/permessage-deflate/deflate-options.js';
export type { WsCodec } from './protocol/wsgate/codec.js';
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
} from './protocol/wsgate/contract.js';
export type { ErrorCode } from './protocol/wsgate/error-codes.js';
export type { FieldError } from './protocol/wsgate/field-error.js';
export type { ServerMessage } from './protocol/wsgate/server-message.js';
export type { WireError } from './protocol/wsgate/wire-error.js';
export type { RateOptions } from './socket/rate.js';
