/**
 * `serial`: the connection's next message of this type waits until this one is done.
 * `concurrent`: calls run side by side.
 */
export type HandlerOrder = 'concurrent' | 'serial';
