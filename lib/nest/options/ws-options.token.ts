/**
 * Injects the {@link WsModuleOptions} given to `WsModule`. Nest quotes it where `WsModule` itself is
 * imported, so it says what to do.
 */
export const WS_OPTIONS = 'WSGATE_OPTIONS (import WsModule.forRoot(), not WsModule)';
