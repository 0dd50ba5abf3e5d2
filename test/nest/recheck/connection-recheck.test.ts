import { expect, it } from 'vitest';
import {
  type CheckedSession,
  ConnectionRecheck,
  type RecheckHost,
} from '../../../lib/nest/recheck/connection-recheck.js';
import type { KeptRequest } from '../../../lib/nest/recheck/kept-request.js';
import type { PathRecheck } from '../../../lib/nest/recheck/path-recheck.js';
import { RootContext } from '../../../lib/socket/root-context.js';
import { deferred } from '../../support/deferred.js';

/** A path whose checks are let through one by one, as they begin. */
function createPath() {
  const checks: { readonly pass: () => void }[] = [];
  const counts = { running: 0, most: 0 };
  const pass = async (): Promise<object> => {
    counts.most = Math.max(counts.most, ++counts.running);
    const gate = deferred();
    checks.push({ pass: () => gate.resolve() });
    await gate.promise;
    counts.running -= 1;
    return {};
  };
  const context = new RootContext();
  const path = { pass, context, isSameUser: () => true, sweep: undefined };
  return { path: path as unknown as PathRecheck, checks, counts };
}

it('runs one at a time, also where one is asked for as another ends', async () => {
  const { path, checks, counts } = createPath();
  const recheck = new ConnectionRecheck(path, {} as RecheckHost, {} as KeptRequest);
  recheck.watch({ connection: { renew: () => undefined } } as unknown as CheckedSession);
  // As a message that waits, which has the next one checked; the clock asks meanwhile.
  const byMessages = recheck.check().then(() => recheck.check());
  const byClock = recheck.check();
  checks[0]?.pass();
  while (checks.length < 2) await new Promise((resolve) => setImmediate(resolve));
  for (const check of checks) check.pass();
  await Promise.all([byMessages, byClock]);
  expect([checks.length, counts.most]).toEqual([2, 1]);
});
