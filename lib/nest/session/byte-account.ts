/** Bytes of memory that a kept message takes besides its data. */
export const MESSAGE_OVERHEAD = 64;

/** Counts the bytes that are kept in memory for a connection. */
export interface ByteAccount {
  /** Adds to the count; a negative number subtracts. */
  addHeldBytes(difference: number): void;
}
