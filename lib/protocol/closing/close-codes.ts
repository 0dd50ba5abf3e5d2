/** The status codes RFC 6455 7.4.1 and the IANA registry give a name. */
export const CLOSE_CODE = {
  NORMAL: 1000,
  GOING_AWAY: 1001,
  PROTOCOL_ERROR: 1002,
  UNSUPPORTED_DATA: 1003,
  /** Never on the wire: the Close frame had no code. */
  NO_STATUS: 1005,
  /** Never on the wire: the connection ended without a Close frame. */
  ABNORMAL: 1006,
  INVALID_PAYLOAD: 1007,
  POLICY_VIOLATION: 1008,
  MESSAGE_TOO_BIG: 1009,
  MANDATORY_EXTENSION: 1010,
  INTERNAL_ERROR: 1011,
  SERVICE_RESTART: 1012,
  TRY_AGAIN_LATER: 1013,
  BAD_GATEWAY: 1014,
} as const;

/**
 * Whether a Close frame may carry the code. RFC 6455 7.4.1 reserves 1004 and keeps 1005, 1006 and
 * 1015 off the wire; 1012 to 1014 are registered since; 7.4.2 leaves 1016-2999 to future
 * protocols, 3000-3999 to libraries and frameworks, 4000-4999 to applications.
 */
export function isCloseCode(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && !(code >= 1004 && code <= 1006);
}
