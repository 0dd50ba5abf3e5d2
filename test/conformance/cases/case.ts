import type { Chop } from '../peer/wire.js';
import type { Outgoing } from '../peer/peer.js';

/** What the engine under test plays. */
export type SubjectRole = 'server' | 'client';

/** The part of a case that the rule table needs; every case of every kind has it. */
export interface Proof {
  /** Autobahn's number where there is one, with a letter where we add to it. */
  readonly id: string;
  readonly title: string;
  /** Where the behaviour is written down. */
  readonly section: string;
  /** Ids from rules.ts that this case proves. */
  readonly rules: readonly string[];
  /** The only role in which the case makes sense; both when absent. */
  readonly subject?: SubjectRole;
}

/** What the subject's own user does. */
export type Act =
  | {
      readonly act: 'send';
      readonly data: string | Buffer;
      readonly times?: number;
      readonly refused?: Refused;
    }
  | { readonly act: 'ping' | 'pong'; readonly data: string | Buffer; readonly refused?: Refused }
  | {
      readonly act: 'close';
      readonly code?: number;
      readonly reason?: string;
      readonly refused?: Refused;
    }
  /** Not the subject: the peer's TCP connection breaks, or ends without a Close frame. */
  | { readonly act: 'peer vanishes' | 'peer ends'; readonly refused?: Refused };

/** true: the call must throw. 'maybe': it may; what counts is that nothing reaches the wire. */
type Refused = true | 'maybe';

export type Expected =
  | {
      readonly kind: 'message';
      readonly type: 'text' | 'binary';
      readonly data: Buffer;
      readonly compressed?: boolean;
    }
  | { readonly kind: 'ping' | 'pong'; readonly data: Buffer }
  | {
      readonly kind: 'close';
      readonly codes: readonly (number | undefined)[];
      readonly reason?: string;
    }
  | { readonly kind: 'end' };

/** One round: the subject's user acts, the peer sends, and then all of this has to come, in order. */
export interface Exchange {
  readonly acts?: readonly Act[];
  readonly send?: readonly Outgoing[];
  readonly expect?: readonly Expected[];
}

/** permessage-deflate on the connection of a case. */
export interface DeflateSetup {
  /** What the peer offers when it is the client. Default: the bare name. */
  readonly offer?: string;
  /** What the peer answers when it is the server. Default: the bare name. */
  readonly answer?: string;
}

export interface SubjectOptions {
  readonly maxPayload?: number;
  readonly closeTimeout?: number;
  readonly perMessageDeflate?: boolean | Readonly<Record<string, number | boolean>>;
}

/** A conversation over an open connection. Unless it ends, it is shown that nothing more came, and closed with 1000. */
export interface Case extends Proof, Exchange {
  readonly deflate?: DeflateSetup;
  readonly options?: SubjectOptions;
  /** The ways to cut what is sent; each is a run of its own. Default: at once, and octet by octet if it is short. */
  readonly deliver?: readonly Chop[];
  readonly next?: readonly Exchange[];
  /** What the subject's 'close' event has to say. */
  readonly reports?: { readonly code: number; readonly reason?: string };
}
