/** The opcodes RFC 6455 5.2 defines. */
export const OPCODE = {
  CONTINUATION: 0x0,
  TEXT: 0x1,
  BINARY: 0x2,
  CLOSE: 0x8,
  PING: 0x9,
  PONG: 0xa,
} as const;

/** RFC 6455 5.5: "All control frames MUST have a payload length of 125 bytes or less". */
export const MAX_CONTROL_PAYLOAD = 125;

/**
 * RFC 6455 5.5: "Control frames are identified by opcodes where the most significant
 * bit of the opcode is 1."
 */
export function isControlOpcode(opcode: number): boolean {
  return opcode >= 0x8;
}

/** Whether RFC 6455 5.2 gives the opcode a meaning; 0x3-7 and 0xB-F are reserved. */
export function isKnownOpcode(opcode: number): boolean {
  return opcode <= OPCODE.BINARY || (opcode >= OPCODE.CLOSE && opcode <= OPCODE.PONG);
}
