/** What has arrived on a connection and waits for a later turn of the event loop. */
export interface WaitingInput {
  continueReading(): void;
}

/**
 * Milliseconds of one turn in which what clients sent is handled. What has arrived beyond that waits,
 * so that timers, other sockets and files get theirs: without this limit, twenty clients that sent
 * 20 000 broken messages each held the event loop for 1.2 s, and more of them for longer.
 */
const MAX_TURN = 50;

/** The clock is looked at each time messages have cost this much, which is 64 small ones. */
const COST_BETWEEN_LOOKS = 32 * 1024;

/**
 * Shares the turns of the event loop among the connections of a server. What cannot be handled in a
 * turn waits in a queue, which is gone through once a turn: behind many clients that flood, the
 * message of one who does not waits for a little of each, not for all that they sent.
 */
export class ReadTurns {
  /** What was spent since the clock was looked at. */
  #cost = 0;
  /** When the turn began; undefined while too little happens to look at the clock. */
  #beganAt: number | undefined;
  #isOver = false;
  #waiting: WaitingInput[] = [];

  /**
   * Counts what was read or handled, in bytes. True: the time of this turn is used up, and whatever
   * else has arrived is to {@link wait}.
   */
  spend(cost: number): boolean {
    this.#cost += cost;
    if (this.#cost >= COST_BETWEEN_LOOKS) this.#lookAtClock();
    return this.#isOver;
  }

  /** Lets the rest of a connection's input be read in a later turn, behind all who wait already. */
  wait(input: WaitingInput): void {
    this.#waiting.push(input);
    this.#begin();
  }

  #lookAtClock(): void {
    this.#cost = 0;
    if (this.#beganAt === undefined) this.#begin();
    else this.#isOver = performance.now() - this.#beganAt > MAX_TURN;
  }

  #begin(): void {
    if (this.#beganAt !== undefined) return;
    this.#beganAt = performance.now();
    setImmediate(() => this.#nextTurn());
  }

  #nextTurn(): void {
    this.#isOver = false;
    this.#beganAt = undefined;
    this.#cost = 0;
    if (this.#waiting.length === 0) return;
    this.#begin();
    // Those who yield again come behind all others, and are not served twice.
    this.#serve(this.#waiting.length);
  }

  #serve(count: number): void {
    if (count === 0 || this.#isOver) return;
    const next = this.#waiting.shift();
    // If a listener throws, the others are served in the next turn.
    next?.continueReading();
    this.#afterAllThatCaused(() => {
      this.#lookAtClock();
      this.#serve(count - 1);
    });
  }

  /**
   * Runs `then` behind the promises and ticks that the messages just handled have caused: most of
   * the time goes into those where handlers or pipes are asynchronous. Node runs a tick that is
   * asked for by a promise when no promise is left to run.
   */
  #afterAllThatCaused(then: () => void): void {
    queueMicrotask(() => process.nextTick(then));
  }
}
