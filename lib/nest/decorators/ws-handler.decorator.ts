import { InvalidUse } from '../../protocol/errors.js';
import { WS_HANDLER_METADATA } from '../constants.js';
import type { HandlerOrder } from '../handler-order.js';
import { assertOptions, group, milliseconds, oneOf, type OptionKinds } from '../option-kinds.js';
import { STREAM_KINDS, type StreamOptions } from '../stream-options.js';

/** How one handler differs from the others of its path. */
export interface WsHandlerOptions {
  /**
   * `serial`: the connection's next message of this type waits until this one is done.
   * `concurrent`: calls run side by side. Default `concurrent`.
   */
  readonly order?: HandlerOrder;
  /** How an Observable result meets a slow reader. Default: the path's `stream` option. */
  readonly stream?: StreamOptions;
  /** Milliseconds before a call fails with `TIMEOUT`; 0 for none. Default: the `timeout` option. */
  readonly timeout?: number;
}

const HANDLER_KINDS: Readonly<OptionKinds<WsHandlerOptions>> = {
  order: oneOf('concurrent', 'serial'),
  stream: group(STREAM_KINDS),
  timeout: milliseconds('none'),
};

/** A `@WsHandler` as it is kept on its method. */
export interface WsHandlerMetadata extends WsHandlerOptions {
  readonly type: string;
}

/**
 * Maps messages of one type to a method of a gateway or of a controller. What the method returns
 * is the reply; an Observable or AsyncIterable is a stream.
 *
 * @param type the message's `type`; any string but the empty one.
 * @throws InvalidUse when the type is empty, the method is static, or an option is none.
 */
export function WsHandler(type: string, options: WsHandlerOptions = {}): MethodDecorator {
  if (typeof type !== 'string' || type === '') {
    throw new InvalidUse('@WsHandler needs a message type: a string that is not empty');
  }
  assertOptions(`@WsHandler('${type}')`, HANDLER_KINDS, options);
  return (target, method, descriptor: PropertyDescriptor) => {
    if (typeof target === 'function') {
      throw new InvalidUse(`${target.name}.${String(method)} is static: @WsHandler maps methods`);
    }
    const callback = descriptor.value as object;
    const others = (Reflect.getOwnMetadata(WS_HANDLER_METADATA, callback) ?? []) as object[];
    Reflect.defineMetadata(WS_HANDLER_METADATA, [{ ...options, type }, ...others], callback);
  };
}
