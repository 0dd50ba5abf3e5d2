import { InvalidUse } from '../../protocol/invalid-use.js';
import { WS_HANDLER_METADATA } from '../framework/metadata-keys.js';
import {
  assertOptions,
  group,
  milliseconds,
  oneOf,
  type OptionKinds,
} from '../options/option-kinds.js';
import { STREAM_KINDS, type StreamOptions } from '../options/stream-options.js';
import type { HandlerOrder } from '../pipeline/compiled-handler.js';

/** How one handler differs from the others of its path. */
export interface WsHandlerOptions {
  /**
   * `serial`: the connection's next message of this type waits until this one is done, for a stream
   * until it has ended. Where there is no `timeout`, it waits as long as the handler runs.
   * `concurrent`: calls run side by side. Default `concurrent`.
   */
  readonly order?: HandlerOrder | undefined;
  /** How an Observable result meets a slow reader. Default: the path's `stream` option. */
  readonly stream?: StreamOptions | undefined;
  /** Milliseconds before a call fails with `TIMEOUT`; 0: none. Default: the `timeout` option. */
  readonly timeout?: number | undefined;
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
 * @throws InvalidUse when the type is empty, what it is on is not a method, is static or has a symbol
 *   for a name, or an option is unknown.
 */
export function WsHandler(type: string, options: WsHandlerOptions = {}): MethodDecorator {
  if (typeof type !== 'string' || type === '') {
    throw new InvalidUse('@WsHandler needs a message type: a string that is not empty');
  }
  assertOptions(`@WsHandler('${type}')`, HANDLER_KINDS, options);
  return (target, method, descriptor: PropertyDescriptor | undefined) => {
    const callback: unknown = descriptor?.value;
    assertMethod(target, method, callback);
    const others = (Reflect.getOwnMetadata(WS_HANDLER_METADATA, callback) ?? []) as object[];
    Reflect.defineMetadata(WS_HANDLER_METADATA, [{ ...options, type }, ...others], callback);
  };
}

/** What Nest's scanner does not find, or what is not a method at all, would never be called. */
function assertMethod(
  target: object,
  name: string | symbol,
  callback: unknown,
): asserts callback is object {
  const isStatic = typeof target === 'function';
  const owner = isStatic ? target.name : target.constructor.name;
  const place = `${owner}.${String(name)}`;
  if (isStatic) throw new InvalidUse(`${place} is static: @WsHandler maps methods`);
  if (typeof name === 'symbol') {
    throw new InvalidUse(`${place} has a symbol for a name: @WsHandler maps methods with a name`);
  }
  if (typeof callback !== 'function') {
    throw new InvalidUse(`${place} is not a method: @WsHandler maps methods`);
  }
}
