/** JSON in text frames; also what a client gets that offers no subprotocol. */
export const WSGATE_V1 = 'wsgate.v1';

/** The same messages as MessagePack in binary frames, so that payloads may hold bytes. */
export const WSGATE_V1_MSGPACK = 'wsgate.v1.msgpack';
