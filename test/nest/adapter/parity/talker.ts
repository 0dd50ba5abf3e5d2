import { EventPeer, openPeer, type PeerOptions } from '../support/event-peer.js';
import type { Journal } from '../support/journal.js';

/** Carries a scenario out against one server and writes down all that comes back. */
export class Talker {
  readonly transcript: string[] = [];

  constructor(
    private readonly url: string,
    private readonly journal: Journal,
    /** Ends the application. */
    readonly shutDown: () => Promise<void>,
    /** How many answers are known to come, where it is not what the scenario asks for. */
    readonly answers?: number,
  ) {}

  /** Connects, and notes what was refused. */
  async open(path: string, options: PeerOptions = {}): Promise<EventPeer> {
    const peer = await openPeer(`${this.url}${path}`, options);
    if (peer instanceof EventPeer) return peer;
    this.transcript.push(`refused ${peer}`);
    throw new Refused();
  }

  /** Says something, and notes so many answers. */
  async ask(peer: EventPeer, message: unknown, answers = 1): Promise<void> {
    peer.say(message);
    await this.hear(peer, answers);
  }

  async hear(peer: EventPeer, count: number): Promise<void> {
    this.transcript.push(...(await peer.hear(count)));
  }

  /** Notes the code a connection ends with. */
  async end(peer: EventPeer, code?: number): Promise<void> {
    this.transcript.push(`closed ${await (code === undefined ? peer.closed() : peer.close(code))}`);
  }

  /** Notes what gateways have written into the journal. */
  async read(lines: number): Promise<void> {
    this.transcript.push(...(await this.journal.read(lines)));
  }
}

/** The scenario ends here: the connection was refused, and that is noted. */
export class Refused extends Error {}
