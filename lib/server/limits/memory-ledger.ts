import { CLOSE_CODE } from '../../protocol/closing/close-codes.js';
import { InvalidUse } from '../../protocol/invalid-use.js';
import type { MemoryTracker, MemoryHolder } from '../../socket/memory-holder.js';

/** What a server does as its memory gets short; each level also does what those before it do. */
export type MemoryLevel = 'calm' | 'shedding' | 'throttling' | 'refusing';

interface Mark {
  readonly level: MemoryLevel;
  /** The part of the ceiling at which the level is entered. */
  readonly from: number;
}

/**
 * In the order of what they cost clients: a push that nobody was promised, a pause, a connection.
 */
const MARKS: readonly Mark[] = [
  { level: 'calm', from: -Infinity },
  { level: 'shedding', from: 0.5 },
  { level: 'throttling', from: 0.7 },
  { level: 'refusing', from: 0.85 },
];

const SHEDDING = 1;
const THROTTLING = 2;
const REFUSING = 3;

/** A level is left this part of the ceiling below where it is entered, so that it does not flap. */
const HYSTERESIS = 0.1;

/**
 * The part of the ceiling that is freed when connections have to be closed: so much that the next
 * bytes do not require it again.
 */
const FREED = 0.05;

/** Milliseconds a level of `throttling` may last without the sum falling. */
const PATIENCE = 1000;

const REASON = 'the server is short of memory';

/**
 * Sums the bytes all connections of a server hold, and acts as the sum nears the ceiling.
 *
 * From `throttling` on, nothing is read from connections that hold at least the average of those
 * that hold anything; all others are served as usual. A throttled connection cannot complete the
 * message it holds, so this by itself frees nothing: if the sum has not fallen within a second, the
 * greatest holders are closed with 1013; at the ceiling they are closed at once. So the server gets
 * out of every level by itself, at the cost of those who hold most.
 */
export class MemoryLedger implements MemoryTracker {
  readonly #ceiling: number;
  readonly #onLevel: (level: MemoryLevel, before: MemoryLevel, heldBytes: number) => void;
  /** Only filled if there is a ceiling. */
  readonly #holders = new Set<MemoryHolder>();
  #sum = 0;
  #level = 0;
  /** Within these bounds the level stays. */
  #lower = -Infinity;
  #upper = Infinity;
  #timer: NodeJS.Timeout | undefined;
  #sumAtLastCheck = 0;
  #isFreeing = false;

  /**
   * @param ceiling bytes; 0: none, the bytes are summed and nothing is done
   * @param onLevel called when a level is entered or left
   * @throws InvalidUse for an invalid ceiling
   */
  constructor(
    ceiling: number = 0,
    onLevel: (level: MemoryLevel, before: MemoryLevel, heldBytes: number) => void = () => undefined,
  ) {
    if (!(ceiling >= 0)) {
      throw new InvalidUse(`memoryCeiling: ${ceiling} given; expected bytes from 0 (none) up`);
    }
    this.#ceiling = ceiling;
    this.#onLevel = onLevel;
    this.#setBounds();
  }

  /** What all connections hold. */
  get heldBytes(): number {
    return this.#sum;
  }

  /** How short memory is. */
  get level(): MemoryLevel {
    return MARKS[this.#level].level;
  }

  /** Pushes to connections that are behind already should be dropped. */
  get shedsPushes(): boolean {
    return this.#level >= SHEDDING;
  }

  /** No upgrade should succeed for now. */
  get refusesUpgrades(): boolean {
    return this.#level >= REFUSING;
  }

  /**
   * What a connection holds has changed.
   *
   * @param before what it held until now, in bytes
   */
  report(holder: MemoryHolder, before: number): void {
    const after = holder.heldBytes;
    this.#sum += after - before;
    if (this.#ceiling === 0) return;
    if (before === 0) this.#holders.add(holder);
    else if (after === 0) this.#holders.delete(holder);
    if (this.#sum >= this.#upper || this.#sum < this.#lower) this.#changeLevel();
    this.#throttle(holder);
    if (this.#sum > this.#ceiling) this.#free(this.#sum - this.#ceiling);
  }

  #changeLevel(): void {
    const before = this.#level;
    while (this.#sum >= this.#upper) this.#setLevel(this.#level + 1);
    while (this.#sum < this.#lower) this.#setLevel(this.#level - 1);
    if (this.#isThrottling !== before >= THROTTLING) this.#watch();
    this.#onLevel(this.level, MARKS[before].level, this.#sum);
  }

  #setLevel(level: number): void {
    this.#level = level;
    this.#setBounds();
  }

  #setBounds(): void {
    if (this.#ceiling === 0) return;
    const { from } = MARKS[this.#level];
    const next = MARKS.at(this.#level + 1);
    this.#lower = (from - HYSTERESIS) * this.#ceiling;
    this.#upper = next === undefined ? Infinity : next.from * this.#ceiling;
  }

  get #isThrottling(): boolean {
    return this.#level >= THROTTLING;
  }

  /** Checks every second while it throttles, and no longer. Throttles or releases all holders. */
  #watch(): void {
    clearInterval(this.#timer);
    this.#sumAtLastCheck = this.#sum;
    if (this.#isThrottling) this.#timer = setInterval(() => this.#check(), PATIENCE).unref();
    for (const holder of this.#holders) this.#throttle(holder);
  }

  #check(): void {
    if (this.#sum >= this.#sumAtLastCheck) this.#free(0);
    this.#sumAtLastCheck = this.#sum;
    for (const holder of this.#holders) this.#throttle(holder);
  }

  /** Throttles a holder of at least the average; one that holds less must not suffer for others. */
  #throttle(holder: MemoryHolder): void {
    const { heldBytes } = holder;
    const isGreat = heldBytes > 0 && heldBytes * this.#holders.size >= this.#sum;
    holder.throttle(isGreat && this.#isThrottling);
  }

  /**
   * Closes the greatest holders until `excess` bytes and a {@link FREED} part of the ceiling are
   * free.
   */
  #free(excess: number): void {
    // Each connection that is closed reports that it holds nothing now, which leads here again.
    if (this.#isFreeing) return;
    this.#isFreeing = true;
    try {
      this.#failGreatest(this.#sum - excess - FREED * this.#ceiling);
    } finally {
      this.#isFreeing = false;
    }
  }

  /** Closes the greatest holders until no more than `target` bytes are held. */
  #failGreatest(target: number): void {
    const greatest = [...this.#holders].sort((one, other) => other.heldBytes - one.heldBytes);
    for (const holder of greatest) {
      if (this.#sum <= target) break;
      holder.fail(CLOSE_CODE.TRY_AGAIN_LATER, REASON);
    }
  }
}
