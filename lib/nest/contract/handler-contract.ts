import type {
  CallType,
  ItemOf,
  MessageType,
  PayloadOf,
  ReplyOf,
  StreamType,
  WsContract,
} from '../../protocol/wsgate/contract.js';

type Awaitable<T> = T | PromiseLike<T>;

/** As much of an Observable as can be told without rxjs. */
export interface ObservableLike<T> {
  /** As in rxjs. */
  subscribe(observer: {
    readonly next: (value: T) => void;
    readonly error: (error: unknown) => void;
    readonly complete: () => void;
  }): { unsubscribe(): void };
}

/** A method that returns nothing is as good as one that returns undefined. */
type NothingFor<Reply> = undefined extends Reply ? void : never;

/**
 * What a handler of this type may return: the reply, or a stream of items, or
 * for an event anything.
 */
export type HandlerResult<C extends WsContract, K extends MessageType<C>> =
  K extends StreamType<C>
    ? Awaitable<
        AsyncIterable<ItemOf<C, K>> | IterableIterator<ItemOf<C, K>> | ObservableLike<ItemOf<C, K>>
      >
    : K extends CallType<C>
      ? Awaitable<ReplyOf<C, K> | NothingFor<ReplyOf<C, K>>>
      : unknown;

/** Can a parameter of this type be given the payload, or one property of it? */
type Accepts<Parameter, Payload> =
  Takes<Parameter, Payload> extends true ? true : Takes<Frozen<Parameter>, Payload>;

type Takes<Parameter, Payload> = [Payload] extends [Parameter]
  ? true
  : Extract<Payload[keyof Payload], Parameter> extends never
    ? false
    : true;

/** What was decoded is nobody else's: that a contract calls it readonly says nothing of the handler. */
type Frozen<T> = T extends object ? { readonly [Name in keyof T]: Frozen<T[Name]> } : T;

type SomeAccepts<Parameters extends readonly unknown[], Payload> = Parameters extends readonly [
  infer First,
  ...infer Others,
]
  ? Accepts<First, Payload> extends true
    ? true
    : SomeAccepts<Others, Payload>
  : false;

/** What a handler that takes something else than its payload is told. */
export interface PayloadMismatch<Payload> {
  readonly 'no parameter takes the payload of the contract': Payload;
}

type CheckParameters<
  Parameters extends readonly unknown[],
  Payload,
> = Parameters extends readonly []
  ? unknown
  : [Payload] extends [undefined]
    ? unknown
    : SomeAccepts<Required<Parameters>, Payload> extends true
      ? unknown
      : PayloadMismatch<Payload>;

/**
 * A method decorator that compiles only on methods that keep to the contract: their result is what
 * the type is answered with, and one of their parameters takes the payload or a property of it
 * (where the parameter stands does not matter, nor do the others).
 */
export type TypedHandlerDecorator<C extends WsContract, K extends MessageType<C>> = <
  Method extends (...parameters: never[]) => HandlerResult<C, K>,
>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<Method> &
    CheckParameters<Parameters<Method>, PayloadOf<C, K>>,
) => void;
