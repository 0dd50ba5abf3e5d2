import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { GoodClient } from './good-client.js';
import type { Victim, Vitals } from './victim.js';

const CLIENTS = 10;
const MIB = 2 ** 20;

/** How many calls each client must get through before the attack, and again after it. */
const CALLS = 20;

/** Milliseconds the application may take to get back to its state before the attack. */
const RECOVERY_MS = 20_000;
const LOOK_AGAIN_MS = 50;

/** What an attack may cost. */
export interface Bounds {
  /** The longest one turn of the event loop may take. Default 1 s: a bound on blocking, not on speed. */
  readonly loopHeldMs?: number;
  /**
   * How many bytes more may stay in the heap when everything is over. Default 4 MiB, which is for
   * code that was compiled meanwhile.
   */
  readonly heapBytes?: number;
  /** By how much the memory of the whole process may grow meanwhile. Default 256 MiB. */
  readonly peakBytes?: number;
}

/** What an attack did cost. */
export interface Report {
  readonly before: Vitals;
  /** At once, while the application still recovers. */
  readonly after: Vitals;
  /** Calls of the ten that were answered meanwhile. */
  readonly answered: number;
}

/**
 * Runs an attack while ten well-behaved clients call on, and expects that none of them notices:
 * every call and stream item answered and right, no connection lost, no turn of the event loop too
 * long; and when it is over memory, connections, calls and streams back where they were.
 */
export async function underFire(
  victim: Victim,
  attack: (victim: Victim) => unknown,
  bounds: Bounds = {},
): Promise<Report> {
  const { loopHeldMs = 1_000, heapBytes = 4 * MIB, peakBytes = 256 * MIB } = bounds;
  const good = await Promise.all(
    Array.from({ length: CLIENTS }, (_, at) => GoodClient.connect(victim.url, `client ${at}`)),
  );
  try {
    await Promise.all(good.map((client) => client.goOn(CALLS)));
    const before = await victim.begin();
    const answeredBefore = countAnswered(good);
    await attack(victim);
    await Promise.all(good.map((client) => client.goOn(CALLS)));
    const after = await victim.vitals();
    const recovered = await recover(victim, before.heapBytes + heapBytes);
    expect(good.flatMap(({ complaints }) => complaints)).toEqual([]);
    expect(after.loopHeldMs).toBeLessThan(loopHeldMs);
    expect(after.peakRssBytes - before.peakRssBytes).toBeLessThan(peakBytes);
    expect(openOf(recovered)).toEqual({ connections: CLIENTS, sockets: CLIENTS, streams: CLIENTS });
    expect(recovered.heapBytes - before.heapBytes).toBeLessThan(heapBytes);
    return { before, after, answered: countAnswered(good) - answeredBefore };
  } finally {
    await Promise.all(good.map((client) => client.stop()));
  }
}

/** Looks until everything is as it was, or is not going to be. */
async function recover(victim: Victim, heapBytes: number): Promise<Vitals> {
  const deadline = performance.now() + RECOVERY_MS;
  for (;;) {
    const vitals = await victim.vitals();
    const isBack = Object.values(openOf(vitals)).every((count) => count === CLIENTS);
    if (isBack && vitals.heapBytes < heapBytes) return vitals;
    if (performance.now() > deadline) return vitals;
    await wait(LOOK_AGAIN_MS);
  }
}

function openOf(vitals: Vitals): Pick<Vitals, 'connections' | 'sockets' | 'streams'> {
  const { connections, sockets, streams } = vitals;
  return { connections, sockets, streams };
}

function countAnswered(clients: readonly GoodClient[]): number {
  return clients.reduce((sum, { answered }) => sum + answered, 0);
}
