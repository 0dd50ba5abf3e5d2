/**
 * `serial`: the connection's next message of this type waits until this one is done, for a stream
 * until it has ended. Where there is no `timeout`, it waits as long as the handler runs.
 * `concurrent`: calls run side by side.
 */
export type HandlerOrder = 'concurrent' | 'serial';
