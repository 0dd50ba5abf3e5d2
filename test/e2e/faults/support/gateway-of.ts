import type { Type } from '@nestjs/common';
import {
  WsConn,
  type WsConnection,
  WsGateway,
  type WsGatewayMetadata,
  WsHandler,
  type WsHandlerOptions,
  WsPayload,
  WsSignal,
} from 'nestjs-wsgate';

/** What a message type does. */
export interface Behaviour {
  readonly run?: (conn: WsConnection, payload: unknown, signal: AbortSignal) => unknown;
  readonly options?: WsHandlerOptions;
  /** Enhancers of its method: `UseGuards(...)` and the like. */
  readonly decorators?: readonly MethodDecorator[];
}

/** A gateway with a method for each of these. */
export function gatewayOf(
  path: string | WsGatewayMetadata,
  behaviours: Readonly<Record<string, Behaviour>>,
): Type {
  class TableGateway {}
  const { prototype } = TableGateway;
  for (const [type, { run, options, decorators = [] }] of Object.entries(behaviours)) {
    // A function of its own: metadata is kept on it.
    const value = (conn: WsConnection, payload: unknown, signal: AbortSignal): unknown =>
      run?.(conn, payload, signal);
    const descriptor: PropertyDescriptor = { value, configurable: true, writable: true };
    Object.defineProperty(prototype, type, descriptor);
    [WsConn(), WsPayload(), WsSignal()].forEach((read, index) => read(prototype, type, index));
    for (const decorate of [WsHandler(type, options), ...decorators]) {
      decorate(prototype, type, descriptor);
    }
  }
  WsGateway(path)(TableGateway);
  return TableGateway;
}
