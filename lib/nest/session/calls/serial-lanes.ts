import type { RootContext } from '../../../socket/root-context.js';
import type { CompiledHandler } from '../../pipeline/compiled-handler.js';
import type { Call } from './call.js';

/** Who runs the calls that leave a lane. */
export interface LaneRunner {
  /** It is this call's turn. */
  run(call: Call): void;
  /** This call waits for one that has timed out and still runs. */
  onStuck(call: Call): void;
}

interface Lane {
  readonly waiting: Call[];
  isBusy: boolean;
  /** The call in front has timed out, and its handler still runs. */
  isStuck: boolean;
  isAdvancing: boolean;
}

/** Runs the calls of each `order: 'serial'` handler one after the other, in the order they came. */
export class SerialLanes {
  #lanes: Map<CompiledHandler, Lane> | undefined = undefined;
  readonly #runner: LaneRunner;
  readonly #context: RootContext;

  /** @param context where a call begins that has waited */
  constructor(runner: LaneRunner, context: RootContext) {
    this.#runner = runner;
    this.#context = context;
  }

  /** Runs the call now, or when those before it have left. */
  enter(call: Call): void {
    const lanes = (this.#lanes ??= new Map());
    const lane = lanes.get(call.handler) ?? createLane();
    lanes.set(call.handler, lane);
    lane.waiting.push(call);
    if (lane.isStuck) this.#runner.onStuck(call);
    this.#advance(call.handler, lane);
  }

  /** A call has finished: the next one's turn comes. */
  leave(handler: CompiledHandler): void {
    const lane = this.#lanes?.get(handler);
    if (lane === undefined) return;
    lane.isBusy = false;
    if (lane.isStuck) for (const call of lane.waiting) call.stopDeadline();
    lane.isStuck = false;
    if (lane.waiting.length === 0) this.#advance(handler, lane);
    else this.#context.run(() => this.#advance(handler, lane));
  }

  /** The call in front has timed out, but keeps its turn until its handler settles. */
  stick(handler: CompiledHandler): void {
    const lane = this.#lanes?.get(handler);
    if (lane === undefined) return;
    lane.isStuck = true;
    for (const call of lane.waiting) if (!call.isOver) this.#runner.onStuck(call);
  }

  /** Forgets every call that waits. */
  clear(): void {
    this.#lanes = undefined;
  }

  /**
   * A loop instead of recursion: hundreds of synchronous calls may wait behind an asynchronous one.
   */
  #advance(handler: CompiledHandler, lane: Lane): void {
    if (lane.isAdvancing) return;
    lane.isAdvancing = true;
    while (!lane.isBusy) {
      const call = lane.waiting.shift();
      if (call === undefined) break;
      if (call.isOver) continue;
      lane.isBusy = true;
      this.#runner.run(call);
    }
    lane.isAdvancing = false;
    if (!lane.isBusy && this.#lanes?.get(handler) === lane) this.#lanes.delete(handler);
  }
}

function createLane(): Lane {
  return { waiting: [], isBusy: false, isStuck: false, isAdvancing: false };
}
