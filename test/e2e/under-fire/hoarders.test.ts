import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientFrame, type RawPeer, FIN_TEXT } from '../../socket/support/raw-peer.js';
import { closeCodeOf, hangUp, join, list, times } from './support/attacker.js';
import { underFire } from './support/under-fire.js';
import { Victim } from './support/victim.js';

const KIB = 1024;
const MIB = KIB * KIB;
const HOARD = clientFrame(FIN_TEXT, 'x'.repeat(900 * KIB)).subarray(0, 800 * KIB);

/** What became of a hoarder: its close code, or 1006 where it was cut off without a word. */
async function fateOf(peer: RawPeer): Promise<number> {
  try {
    return await closeCodeOf(peer);
  } catch {
    await hangUp(peer);
    return 1006;
  }
}

describe('a hundred who each begin a message of 900 KiB and do not end it', () => {
  let victim: Victim;

  beforeAll(async () => {
    victim = await Victim.start({
      memoryCeiling: 16 * MIB,
      messageTimeout: 4_000,
      closeTimeout: 1_000,
    });
  });

  afterAll(() => victim.stop());

  it('hold no more than the ceiling, and are gone when their time is up', async () => {
    const { answered } = await underFire(
      victim,
      async () => {
        const peers = await Promise.all(list(100, () => join(victim)));
        for (const peer of peers) peer.socket.write(HOARD);
        const fates = new Set(await Promise.all(peers.map(fateOf)));
        expect(fates).toContain(1013);
      },
      { peakBytes: 96 * MIB },
    );
    expect(answered).toBeGreaterThan(0);
  });
});

describe('who stay, having sent thousands of names with the handshake', () => {
  const COUNT = 500;
  const names = (between: string): string =>
    list(2_400, (at) => at.toString(36))
      .map((name) => `${name}=`)
      .join(between);
  let victim: Victim;

  beforeAll(async () => {
    victim = await Victim.start();
  });

  afterAll(() => victim.stop());

  it.each([
    ['in the query', `/good?${names('&')}`, {}],
    ['in cookies', '/good', { Cookie: names('; ') }],
  ])('%s have them kept as they came, and not each by itself', async (_where, path, headers) => {
    const peers: RawPeer[] = [];
    const stay = async (): Promise<unknown> => peers.push(await join(victim, path, headers));
    await times(50, stay);
    const before = await victim.vitals();
    await times(COUNT, stay);
    const after = await victim.vitals();
    expect((after.heapBytes - before.heapBytes) / COUNT).toBeLessThan(50 * KIB);
    await Promise.all(peers.map(hangUp));
  });
});
