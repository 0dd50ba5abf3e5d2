/** What a broken rule means: where it is written, how the connection ends, what to tell a human. */
export interface Rule {
  /** The section that states the rule, as in `RFC 6455 5.2`. */
  readonly section: string;
  /** The status code of the Close frame that answers the breach; 1006 where no frame can be sent. */
  readonly closeCode: number;
  /** One plain sentence for logs and error messages. Never holds bytes the peer sent. */
  readonly says: string;
}

/**
 * Every rule a peer can break, in one readable list. The engine names a rule; section, close code
 * and wording follow from here, and the tests and `docs/protocol-errors.md` are held against it.
 */
export const RULES = {
  // Frames
  'reserved-bits': {
    section: 'RFC 6455 5.2',
    closeCode: 1002,
    says: 'a reserved bit (RSV1, RSV2 or RSV3) is set without an extension that defines it',
  },
  'reserved-opcode': {
    section: 'RFC 6455 5.2',
    closeCode: 1002,
    says: 'the opcode is reserved for future use',
  },
  'length-not-minimal': {
    section: 'RFC 6455 5.2',
    closeCode: 1002,
    says: 'the payload length is not encoded in the fewest bytes',
  },
  'length-too-large': {
    section: 'RFC 6455 5.2',
    closeCode: 1002,
    says: 'the most significant bit of a 64-bit payload length is set',
  },
  'mask-missing': {
    section: 'RFC 6455 5.1',
    closeCode: 1002,
    says: 'a client must mask every frame it sends',
  },
  'mask-forbidden': {
    section: 'RFC 6455 5.1',
    closeCode: 1002,
    says: 'a server must not mask any frame it sends',
  },
  'control-frame-fragmented': {
    section: 'RFC 6455 5.5',
    closeCode: 1002,
    says: 'a control frame must not be fragmented',
  },
  'control-frame-too-long': {
    section: 'RFC 6455 5.5',
    closeCode: 1002,
    says: 'a control frame carries at most 125 bytes',
  },
  'control-frame-compressed': {
    section: 'RFC 7692 6.1',
    closeCode: 1002,
    says: 'RSV1 must not be set on a control frame',
  },
  'continuation-compressed': {
    section: 'RFC 7692 6.1',
    closeCode: 1002,
    says: 'RSV1 may be set on the first frame of a message only',
  },
  'continuation-unexpected': {
    section: 'RFC 6455 5.4',
    closeCode: 1002,
    says: 'a continuation frame arrived while no message was unfinished',
  },
  'continuation-expected': {
    section: 'RFC 6455 5.4',
    closeCode: 1002,
    says: 'a new message began before the unfinished one had its final frame',
  },
  // Messages
  'text-not-utf8': {
    section: 'RFC 6455 8.1',
    closeCode: 1007,
    says: 'a text message is not valid UTF-8',
  },
  'compressed-data-invalid': {
    section: 'RFC 7692 7.2.2',
    closeCode: 1007,
    says: 'a compressed message cannot be inflated',
  },
  'message-too-big': {
    section: 'RFC 6455 7.4.1',
    closeCode: 1009,
    says: 'a message is larger than maxPayload allows',
  },
  'too-many-fragments': {
    section: 'RFC 6455 10.4',
    closeCode: 1008,
    says: 'a message came in more fragments than maxFragments allows',
  },
  'too-many-chunks': {
    section: 'RFC 6455 10.4',
    closeCode: 1008,
    says: 'a message came in more pieces than maxBufferedChunks allows',
  },
  // Closing
  'close-payload-too-short': {
    section: 'RFC 6455 5.5.1',
    closeCode: 1002,
    says: 'a Close frame with a body must begin with a 2-byte status code',
  },
  'close-code-invalid': {
    section: 'RFC 6455 7.4',
    closeCode: 1002,
    says: 'the status code of a Close frame must not be sent by an endpoint',
  },
  'close-reason-not-utf8': {
    section: 'RFC 6455 5.5.1',
    closeCode: 1007,
    says: 'the reason of a Close frame is not valid UTF-8',
  },
  // Opening handshake, as a client reads the server's answer
  'response-status': {
    section: 'RFC 6455 4.1',
    closeCode: 1006,
    says: 'the server answered the opening handshake with a status other than 101',
  },
  'response-upgrade': {
    section: 'RFC 6455 4.1',
    closeCode: 1006,
    says: 'the Upgrade header of the response is not "websocket"',
  },
  'response-connection': {
    section: 'RFC 6455 4.1',
    closeCode: 1006,
    says: 'the Connection header of the response does not hold "Upgrade"',
  },
  'response-accept': {
    section: 'RFC 6455 4.1',
    closeCode: 1006,
    says: 'Sec-WebSocket-Accept does not answer the key that was sent',
  },
  'response-subprotocol': {
    section: 'RFC 6455 4.1',
    closeCode: 1006,
    says: 'the server chose a subprotocol that was not offered, or none of those that were',
  },
  'response-extension': {
    section: 'RFC 6455 9.1',
    closeCode: 1006,
    says: 'the server accepted an extension that was not offered',
  },
  'extension-header-malformed': {
    section: 'RFC 6455 9.1',
    closeCode: 1006,
    says: 'a Sec-WebSocket-Extensions header does not follow its grammar',
  },
  'extension-parameter-invalid': {
    section: 'RFC 7692 7.1',
    closeCode: 1006,
    says: 'the answer to permessage-deflate has an unknown, repeated or illegal parameter',
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** The name of a rule in {@link RULES}. */
export type RuleName = keyof typeof RULES;
