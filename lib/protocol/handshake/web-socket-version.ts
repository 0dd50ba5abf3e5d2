/** The only version there is, as `Sec-WebSocket-Version` says it (RFC 6455 4.1). */
export const WEB_SOCKET_VERSION = '13';
