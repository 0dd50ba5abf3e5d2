import type { Endpoint } from '../protocol/endpoint.js';
import type { Heartbeat } from './heartbeat.js';
import type { MemoryTracker } from './memory-holder.js';
import type { MessageWatch } from './message-watch.js';
import type { PushQueue } from './push-queue.js';
import type { Rate } from './rate.js';
import type { ReadTurns } from './read-turns.js';
import type { RootContext } from './root-context.js';
import type { FastLane } from './transport/fast-lane.js';

/** What the connections of a server have in common. */
export interface SharedSettings {
  /** RFC 6455 7.1.1: the server closes the TCP connection first, and the client waits for it. */
  readonly role: 'server' | 'client';
  /** Milliseconds from the first Close frame until the transport is destroyed; 0: no limit. */
  readonly closeTimeout: number;
  /** Where what concerns one connection is run, though another one may have caused it. */
  readonly context: RootContext;
  /** Shares the event loop among them. */
  readonly readTurns: ReadTurns;
  /** Terminates the connection when its peer is gone; absent: nothing does. */
  readonly heartbeat?: Heartbeat;
  /** Fails the connection when a message has begun and does not end; absent: nothing does. */
  readonly messageWatch?: MessageWatch;
  /** Sums up what connections hold in memory; absent: nothing does. */
  readonly memory?: MemoryTracker | undefined;
  /** Where pushes wait for the end of the turn; absent: they are sent like any message. */
  readonly pushQueue?: PushQueue;
  /** How often pings and pongs may come, for handlers that count them; absent: no limit. */
  readonly controlRate?: Rate | undefined;
  /** Node's internals, if they may be used; absent: only its public API is. */
  readonly fastLane?: FastLane | undefined;
}

/** How a connection is set up. */
export interface ConnectionSettings {
  readonly endpoint: Endpoint;
  /** The subprotocol in use; empty for none. */
  readonly protocol: string;
  readonly shared: SharedSettings;
}
