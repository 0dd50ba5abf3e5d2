import { afterEach, describe, expect, it } from 'vitest';
import { connectPeer, type WsPeer } from '../../nest/support/ws-peer.js';
import { underFire } from './support/under-fire.js';
import { Victim } from './support/victim.js';

const THIEVES = 20;
const CALLS = 200;

let victim: Victim;

afterEach(() => victim.stop());

/** Clients with a session each. */
function logIn(): Promise<readonly WsPeer[]> {
  const names = Array.from({ length: THIEVES }, (_, at) => `thief-${at}`);
  return Promise.all(
    names.map((name) =>
      connectPeer(`${victim.url}/account`, { headers: { cookie: `sid=${name}` } }),
    ),
  );
}

/** Ends all their sessions, which no connection is told of. */
async function endSessions(): Promise<void> {
  const query = Array.from({ length: THIEVES }, (_, at) => `sid=thief-${at}`).join('&');
  await fetch(`${victim.url.replace('ws', 'http')}/end?${query}`, { method: 'POST' });
}

function flood(thief: WsPeer, type: string): void {
  for (let id = 0; id < CALLS; id++) thief.send({ type, id: `${type}-${id}` });
}

describe('sessions that have ended go on', () => {
  it('spending: not one call is handled', async () => {
    victim = await Victim.start();
    await underFire(victim, async () => {
      const thieves = await logIn();
      for (const thief of thieves) expect(await thief.call('spend')).toMatchObject({ data: false });
      await endSessions();
      for (const thief of thieves) flood(thief, 'spend');
      for (const thief of thieves) {
        expect(await thief.closed).toEqual({ code: 4401, reason: 'the session ended' });
        expect(thief.messages).toHaveLength(1);
      }
    });
  });

  it('reading streams and calling what is not checked each time: until the clock comes round', async () => {
    victim = await Victim.start({ recheck: { every: 50 } });
    await underFire(victim, async () => {
      const thieves = await logIn();
      for (const thief of thieves) {
        thief.send({ type: 'ticks', id: 'ticks' });
        await thief.next(({ op }) => op === 'next');
      }
      await endSessions();
      for (const thief of thieves) flood(thief, 'peek');
      for (const thief of thieves) expect(await thief.closed).toMatchObject({ code: 4401 });
    });
  });

  it('coming back: they are refused', async () => {
    victim = await Victim.start();
    await underFire(victim, async () => {
      await endSessions();
      const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => logIn()));
      expect(attempts.every(({ status }) => status === 'rejected')).toBe(true);
    });
  });
});
