import type { MessageId } from '../../protocol/wsgate/message-id.js';
import type { StreamOptions } from '../options/stream-options.js';
import type { WsConnection } from '../connection/ws-connection.js';

/** One incoming message as its handler sees it. */
export interface CallContext {
  /** The message's `type`. */
  readonly type: string;
  /** The call's id; `undefined` for an event, which gets no reply. */
  readonly id: MessageId | undefined;
  /** How many items of a stream the client is ready for; `Infinity` where it sets no limit. */
  readonly credit: number;
  /**
   * Fires on `cancel`, on `timeout` and when the connection closes. Reading it may create it, so
   * read it only when it is needed.
   */
  readonly signal: AbortSignal;
  /**
   * Its method must not begin any more, if guards or pipes have taken until now: the client has
   * cancelled it, its time is up, or the server has ended the connection. Not if the client has: what
   * it sent before is still done.
   */
  readonly isWithdrawn: boolean;
}

/** An exception filter threw something nobody expected, while it handled what it had `caught`. */
export interface FailedFilter {
  readonly error: unknown;
  readonly caught: unknown;
}

/** What the exception filters made of an exception. */
export type FilterOutcome =
  /** A filter returned something: it is the reply. */
  | { readonly reply: unknown }
  /** No filter returned anything (the original exception), or a filter threw (what it threw). */
  | { readonly error: unknown }
  | FailedFilter;

/** Whether a connection's calls of one type run side by side: see `WsHandlerOptions.order`. */
export type HandlerOrder = 'concurrent' | 'serial';

/** What is known of a handler before it runs. */
export interface HandlerTraits {
  /** The type of the messages it handles. */
  readonly type: string;
  readonly order: HandlerOrder;
  readonly stream: Required<StreamOptions>;
  /** Deadline of a call in milliseconds; 0: none. */
  readonly timeout: number;
  /** Guards or interceptors run before it: what they do to the async context must end with the call. */
  readonly isEnhanced: boolean;
  /** The method's name for logs: `ChatGateway.send`. */
  readonly label: string;
}

/**
 * A `@WsHandler` method with everything Nest binds to it, compiled once: guards, interceptors,
 * pipes, the method, exception filters.
 */
export interface CompiledHandler extends HandlerTraits {
  /**
   * Runs guards, interceptors, pipes and the method. Synchronous when every step is.
   *
   * @returns a value, a Promise, an Observable or an AsyncIterable; a Promise may resolve to an
   *   Observable or an AsyncIterable as well. Those two are streams: subscribe, or iterate, once.
   * @throws the exception as it was thrown (or rejects with it); it has not been through the
   *   filters yet.
   */
  invoke(connection: WsConnection, payload: unknown, call: CallContext): unknown;
  /** Runs the exception filters. Neither throws nor rejects. */
  handleException(
    exception: unknown,
    connection: WsConnection,
    payload: unknown,
    call: CallContext,
  ): FilterOutcome | Promise<FilterOutcome>;
}
