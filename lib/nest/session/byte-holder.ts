/** What a message that is kept costs besides its data, in bytes. */
export const MESSAGE_OVERHEAD = 64;

/** Whoever is told what is held for a connection. */
export interface ByteHolder {
  /** Adds to the bytes held for this connection; negative gives back. */
  hold(bytes: number): void;
}
