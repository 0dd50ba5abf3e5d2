export { CLOSE_CODE, isCloseCode } from './closing/close-codes.js';
export type { ClosingState } from './closing/closing-state.js';
export { Endpoint } from './endpoint.js';
export { DEFAULT_LIMITS, type EndpointLimits, resolveLimits } from './endpoint-limits.js';
export type { EndpointOptions } from './endpoint-options.js';
export { InvalidUse } from './invalid-use.js';
export { ProtocolViolation } from './protocol-violation.js';
export type { ProtocolEvent } from './events.js';
export type { ExtensionItem, ExtensionParameter } from './handshake/extension-header.js';
export { readExtensionHeader, writeExtensionItem } from './handshake/extension-header.js';
export { chooseZlib } from './extensions/permessage-deflate/choose-zlib.js';
export type { DeflateOptions } from './extensions/permessage-deflate/deflate-options.js';
export {
  acceptDeflateOffer,
  type DeflateAgreement,
  readDeflateAnswer,
  writeDeflateOffer,
} from './extensions/permessage-deflate/negotiation.js';
export { PerMessageDeflate } from './extensions/permessage-deflate/permessage-deflate.js';
export type {
  DeflateSettings,
  ZlibContext,
  ZlibContexts,
} from './extensions/permessage-deflate/zlib-context.js';
export { acceptKeyOf } from './handshake/accept-key.js';
export { chooseSubprotocol } from './handshake/subprotocols.js';
export {
  isUpgradeRefusal,
  type UpgradeRefusal,
  writeUpgradeRefusal,
} from './handshake/upgrade-refusal.js';
export {
  readUpgradeRequest,
  type UpgradeOffer,
  type UpgradeRequest,
} from './handshake/upgrade-request.js';
export {
  readUpgradeResponse,
  type UpgradeAcceptance,
  type UpgradeAgreement,
  type UpgradeResponse,
  writeUpgradeResponse,
} from './handshake/upgrade-response.js';
export { type PreparedMessage, prepareMessage } from './message/prepared-message.js';
export type { SendOptions } from './message/send-options.js';
export { type Rule, type RuleName, RULES } from './rules.js';
export { createClientWorkspace, createServerWorkspace, type Workspace } from './workspace.js';
