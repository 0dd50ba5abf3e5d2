import type {
  DataArguments,
  PushOf,
  PushType,
  UntypedContract,
  WsContract,
} from '../../protocol/wsgate/contract.js';

/**
 * `app.get(WsServer)` names no contract, and the compiler then takes the least one: that is none.
 */
type Known<C extends WsContract> = WsContract extends C ? UntypedContract : C;

/** The types a sender takes. */
export type SentType<C extends WsContract> = PushType<Known<C>>;

/** What a sender takes after the type: the data, which may be left out where it may be undefined. */
export type SentData<C extends WsContract, K extends SentType<C>> = DataArguments<
  PushOf<Known<C>, K>
>;

/**
 * Whatever a push can be sent to, one connection or an audience: it takes what the contract lists,
 * with the data it says.
 */
export interface TypedSender<C extends WsContract = UntypedContract> {
  /** Pushes `{type, data}`. */
  send<K extends SentType<C> & string>(type: K, ...data: SentData<C, K>): void;
}
