/** Injects the {@link WsModuleOptions} given to `WsModule`. */
export const WS_OPTIONS = 'WSGATE_OPTIONS';
