import type { WsHandlerMetadata } from '../decorators/ws-handler.decorator.js';
import type { InstanceWrapper, NestModule } from '../framework/nest-internals.js';
import type { WsGatewayMetadata } from '../options/ws-module-options.js';

/** A `@WsHandler` method as it was found. */
export interface HandlerDescriptor extends WsHandlerMetadata {
  readonly methodName: string;
}

/** A class with something to mount: a gateway, or a controller with handlers. */
export interface GatewayDescriptor {
  /** Whether the class carries `@WsGateway`; the others are controllers. */
  readonly isGateway: boolean;
  readonly classRef: GatewayClass;
  /** Nest's record of the class: its instance, scope and enhancers. */
  readonly wrapper: InstanceWrapper<object>;
  /** The module the class belongs to; its enhancers are looked up there. */
  readonly module: NestModule;
  /** As declared; the path may still be missing. */
  readonly metadata: WsGatewayMetadata;
  readonly handlers: readonly HandlerDescriptor[];
}

/** A class whose prototype is searched for methods. */
export type GatewayClass = abstract new (...args: never[]) => object;

/** `ChatGateway.send`, for logs and errors. */
export function describeHandler(
  { classRef }: Pick<GatewayDescriptor, 'classRef'>,
  { methodName }: Pick<HandlerDescriptor, 'methodName'>,
): string {
  return `${classRef.name}.${methodName}`;
}
