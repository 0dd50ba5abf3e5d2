/** A connection that is checked again and again. */
export interface Rechecked {
  /** Settles when it has been checked. Never rejects. */
  check(): Promise<unknown>;
}

/** A round is divided into this many turns at most. */
const MOST_TURNS = 64;
/** No turn is shorter than this, in milliseconds. */
const SHORTEST_TURN = 10;
/** How many checks run at once. */
const AT_ONCE = 64;
/** Among many connections it is one in this many, if that is more. */
const ONE_IN = 32;

/**
 * Checks each connection once per round, with one timer for all. Connections are spread over the
 * turns of a round, even if they all came at once. Only a limited number of checks run at once: if
 * what they ask is slow, a round takes longer, but no session store is flooded.
 */
export class RecheckSweep {
  readonly #interval: number;
  readonly #turns: readonly Set<Rechecked>[];
  readonly #turnOf = new Map<Rechecked, Set<Rechecked>>();
  readonly #due = new Set<Rechecked>();
  /** Those that are being checked, also if they have gone meanwhile. */
  readonly #running = new Set<Rechecked>();
  #position = 0;
  #timer: NodeJS.Timeout | undefined = undefined;

  /** @param every milliseconds of a round, above 0 */
  constructor(every: number) {
    const count = Math.min(MOST_TURNS, Math.ceil(every / SHORTEST_TURN));
    this.#interval = every / count;
    this.#turns = Array.from({ length: count }, () => new Set<Rechecked>());
  }

  add(connection: Rechecked): void {
    const turn = this.#emptiestTurn();
    turn.add(connection);
    this.#turnOf.set(connection, turn);
    this.#timer ??= setInterval(() => this.#next(), this.#interval).unref();
  }

  delete(connection: Rechecked): void {
    this.#turnOf.get(connection)?.delete(connection);
    this.#turnOf.delete(connection);
    this.#due.delete(connection);
    if (this.#turnOf.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /**
   * Among the turns with the fewest connections, the one that comes last: a client that has just
   * been let in need not be checked soon.
   */
  #emptiestTurn(): Set<Rechecked> {
    const byDistance = [
      ...this.#turns.slice(this.#position),
      ...this.#turns.slice(0, this.#position),
    ];
    return byDistance.reduceRight((best, turn) => (turn.size < best.size ? turn : best));
  }

  /**
   * One that is being checked is left out: with one place more for each round, a single check that
   * never ends would take all of them.
   */
  #next(): void {
    for (const connection of this.#turns[this.#position]) {
      if (!this.#running.has(connection)) this.#due.add(connection);
    }
    this.#position = (this.#position + 1) % this.#turns.length;
    this.#work();
  }

  #work(): void {
    const most = Math.max(AT_ONCE, Math.ceil(this.#turnOf.size / ONE_IN));
    for (const connection of this.#due) {
      if (this.#running.size >= most) return;
      this.#due.delete(connection);
      this.#running.add(connection);
      void connection.check().then(() => {
        this.#running.delete(connection);
        this.#work();
      });
    }
  }
}
