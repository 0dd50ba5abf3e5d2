import type { RuleName } from '../rules.js';
import type { FrameHeader } from './frame-header.js';
import { isControlOpcode, isKnownOpcode, MAX_CONTROL_PAYLOAD, OPCODE } from './opcode.js';

/** What a header is checked against: the role of the reader, and the frames before. */
export interface FrameContext {
  /** True for a server, whose peer must mask. */
  readonly expectsMask: boolean;
  /** permessage-deflate was negotiated. */
  readonly canBeCompressed: boolean;
  /** A message has begun and its final frame has not come. */
  readonly isInMessage: boolean;
}

/**
 * The first rule a header breaks, by itself or by where it stands, or undefined. Plain conditions,
 * since this runs for every frame: a table of functions took ten times as long.
 */
export function findBrokenRule(header: FrameHeader, context: FrameContext): RuleName | undefined {
  if (header.rsv23 || (header.rsv1 && !context.canBeCompressed)) return 'reserved-bits';
  if (!isKnownOpcode(header.opcode)) return 'reserved-opcode';
  if (header.masked !== context.expectsMask) {
    return context.expectsMask ? 'mask-missing' : 'mask-forbidden';
  }
  if (header.payloadLength === Infinity) return 'length-too-large';
  if (!header.isMinimal) return 'length-not-minimal';
  return isControlOpcode(header.opcode)
    ? findBrokenControlRule(header)
    : findBrokenDataRule(header, context);
}

function findBrokenControlRule(header: FrameHeader): RuleName | undefined {
  if (!header.fin) return 'control-frame-fragmented';
  if (header.payloadLength > MAX_CONTROL_PAYLOAD) return 'control-frame-too-long';
  return header.rsv1 ? 'control-frame-compressed' : undefined;
}

function findBrokenDataRule(header: FrameHeader, context: FrameContext): RuleName | undefined {
  if (header.opcode === OPCODE.CONTINUATION) {
    if (!context.isInMessage) return 'continuation-unexpected';
    return header.rsv1 ? 'continuation-compressed' : undefined;
  }
  return context.isInMessage ? 'continuation-expected' : undefined;
}
