import { afterEach, describe, expect, it } from 'vitest';
import { type Rechecked, RecheckSweep } from '../../../lib/nest/recheck/recheck-sweep.js';
import { type Deferred, deferred } from '../../support/deferred.js';

/** A connection that is checked for as long as the test likes. */
class Checked implements Rechecked {
  readonly running: Deferred[] = [];
  next = deferred();
  count = 0;

  constructor(private readonly isInstant: boolean) {}

  check(): Promise<void> {
    this.count++;
    this.next.resolve();
    this.next = deferred();
    if (this.isInstant) return Promise.resolve();
    const running = deferred();
    this.running.push(running);
    return running.promise;
  }
}

const added: [RecheckSweep, Checked][] = [];

function addMany(sweep: RecheckSweep, count: number, isInstant: boolean): Checked[] {
  const all = Array.from({ length: count }, () => new Checked(isInstant));
  for (const one of all) {
    sweep.add(one);
    added.push([sweep, one]);
  }
  return all;
}

afterEach(() => {
  for (const [sweep, one] of added.splice(0)) sweep.delete(one);
});

describe('the sweep of rechecks', () => {
  it('checks every connection, again and again', async () => {
    const all = addMany(new RecheckSweep(40), 10, true);
    for (let round = 0; round < 3; round++) await Promise.all(all.map((one) => one.next.promise));
    for (const { count } of all) expect(count).toBeGreaterThanOrEqual(3);
  });

  it('spreads those that come in one wave over the whole round', async () => {
    const all = addMany(new RecheckSweep(100), 100, false);
    // What one turn checks is in one go: when the first has been, only its turn has.
    await Promise.race(all.map((one) => one.next.promise));
    expect(all.filter(({ count }) => count > 0)).toHaveLength(10);
  });

  it('runs only so many at once, and the others in their turn', async () => {
    const all = addMany(new RecheckSweep(10), 100, false);
    const running = (): Checked[] => all.filter((one) => one.count > 0);
    await Promise.race(all.map((one) => one.next.promise));
    expect(running()).toHaveLength(64);
    const waiting = all.filter((one) => one.count === 0);
    const [first] = running();
    first?.running[0]?.resolve();
    await Promise.race(waiting.map((one) => one.next.promise));
    expect(running()).toHaveLength(65);
  });

  it('gives one whose check never ends a single place, however many rounds go by', async () => {
    const sweep = new RecheckSweep(10);
    const [hanging] = addMany(sweep, 1, false);
    const [other] = addMany(sweep, 1, true);
    while (other.count < 70) await other.next.promise;
    expect(hanging.count).toBe(1);
  });

  it('allows for one in 32 where there are thousands', async () => {
    const all = addMany(new RecheckSweep(10), 3200, false);
    await Promise.race(all.map((one) => one.next.promise));
    expect(all.filter(({ count }) => count > 0)).toHaveLength(100);
  });

  it('forgets those that have gone, even if their turn has come', async () => {
    const sweep = new RecheckSweep(10);
    const all = addMany(sweep, 65, false);
    await Promise.race(all.map((one) => one.next.promise));
    const waiting = all.filter((one) => one.count === 0);
    expect(waiting).toHaveLength(1);
    for (const one of waiting) sweep.delete(one);
    for (const { running } of all) running[0]?.resolve();
    const [first] = all;
    await first?.next.promise;
    expect(waiting[0]?.count).toBe(0);
  });

  it('keeps no process alive, and no timer without connections', () => {
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    addMany(new RecheckSweep(1000), 3, true);
    const after = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    expect(after).toBe(before);
  });
});
