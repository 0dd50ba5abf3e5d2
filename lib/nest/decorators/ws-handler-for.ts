import type { MessageType, WsContract } from '../../protocol/wsgate/contract.js';
import type { TypedHandlerDecorator } from '../contract/handler-contract.js';
import { WsHandler, type WsHandlerOptions } from './ws-handler.decorator.js';

/**
 * `@WsHandler` as a contract has it: the types it lists, on methods that keep to it. With
 * `UntypedContract` it is `@WsHandler` itself.
 */
export type TypedWsHandler<C extends WsContract> =
  string extends MessageType<C>
    ? typeof WsHandler
    : <K extends MessageType<C> & string>(
        type: K,
        options?: WsHandlerOptions,
      ) => TypedHandlerDecorator<C, K>;

/**
 * Gives `@WsHandler` the types of a contract. A method that takes another payload or answers with
 * something else than the contract says does not compile; at runtime it is `WsHandler`, nothing is
 * checked there.
 *
 * @example
 * const ChatHandler = wsHandlerFor<ChatContract>();
 * // then, on a method: `@ChatHandler('message.send') send(@WsPayload() dto: SendMessage): Ack {}`
 */
export function wsHandlerFor<C extends WsContract>(): TypedWsHandler<C> {
  return WsHandler;
}
