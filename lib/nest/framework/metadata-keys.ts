/** Class metadata: the `@WsGateway` options. */
export const WS_GATEWAY_METADATA = 'wsgate:gateway';

/** Method metadata: a list of `@WsHandler` declarations. */
export const WS_HANDLER_METADATA = 'wsgate:handlers';

/** Class metadata: the origins of `@AllowOrigins`. */
export const WS_ORIGINS_METADATA = 'wsgate:origins';

/**
 * Where a route's guards, pipes, filters, interceptors and parameters are kept; Nest's own names,
 * the same in 11 and 12.
 */
export const GUARDS_METADATA = '__guards__';
export const FILTERS_METADATA = '__exceptionFilters__';
export const PIPES_METADATA = '__pipes__';
export const INTERCEPTORS_METADATA = '__interceptors__';
export const ROUTE_ARGS_METADATA = '__routeArguments__';
export const CUSTOM_ROUTE_ARGS = '__customRouteArgs__';

/** Where `@WebSocketGateway` of `@nestjs/websockets`, an optional peer, says that a class is one. */
export const SOCKET_GATEWAY_METADATA = 'websockets:is_gateway';

/** Where its `@SubscribeMessage` says that a method handles messages. */
export const SUBSCRIBED_METADATA = 'websockets:message_mapping';

/** Where its `@WebSocketServer` says that a property is for the server. */
export const SERVER_PROPERTY_METADATA = 'websockets:is_socket';

/** Makes Nest treat a provider as an entry point, so that scoped `APP_*` enhancers reach it. */
export const ENTRY_PROVIDER_METADATA = '__entryProvider__';
