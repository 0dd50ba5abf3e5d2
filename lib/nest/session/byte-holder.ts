/** Memory a message takes that is kept, besides its data, in bytes. */
export const MESSAGE_OVERHEAD = 64;

/** Keeps account of the bytes held for a connection. */
export interface ByteHolder {
  /** Adds to the bytes held for this connection; negative gives back. */
  hold(bytes: number): void;
}
