import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { framesOf, hangUp, join, list, many, say, times } from './support/attacker.js';
import { underFire } from './support/under-fire.js';
import { Victim } from './support/victim.js';

const MIB = 2 ** 20;
const READERS = 20;

let victim: Victim;

beforeAll(async () => {
  victim = await Victim.start({ stallTimeout: 1_000, closeTimeout: 500, heartbeatInterval: 4_000 });
});

afterAll(() => victim.stop());

/** Clients that ask, and read nothing of what comes until the server has had enough of them. */
async function askAndSleep(asked: Buffer): Promise<void> {
  const { sockets } = await victim.vitals();
  await times(many(READERS), async () => {
    const peer = await join(victim);
    peer.socket.pause();
    peer.socket.write(asked);
  });
  await dropped(sockets);
}

/** Until no more sockets are left than that. */
async function dropped(sockets: number): Promise<void> {
  while ((await victim.vitals()).sockets > sockets) await wait(100);
}

describe('who reads nothing of', () => {
  it.each([
    ['streams that are pulled', list(64, (id) => ({ type: 'lines', id }))],
    ['streams that flow by themselves', list(64, (id) => ({ type: 'ticks', id }))],
    ['long replies', list(1_000, (id) => ({ type: 'large', id, data: 64 }))],
    ['what comes of nonsense', list(20_000, () => '?')],
  ])('%s', async (_name, messages) => {
    const asked = framesOf(messages);
    await underFire(victim, () => askAndSleep(asked), { peakBytes: many(READERS) * 8 * MIB });
  });

  it('pushes', async () => {
    const attack = async (): Promise<void> => {
      const loud = await join(victim);
      loud.socket.removeAllListeners('data').resume();
      const { sockets } = await victim.vitals();
      await times(many(READERS), async () => (await join(victim)).socket.pause());
      for (let round = 0; round < 10; round++) say(loud, { type: 'shout', data: 800 });
      await dropped(sockets);
      await hangUp(loud);
    };
    await underFire(victim, attack, { peakBytes: many(READERS) * 8 * MIB });
  });
});

describe('who reads a byte at a time', () => {
  it('gets what it reads, and holds up nobody', async () => {
    await underFire(victim, () =>
      times(many(READERS), async () => {
        const peer = await join(victim);
        say(peer, { type: 'lines', id: 1 });
        peer.socket.pause();
        for (let byte = 0; byte < 100; byte++) {
          await new Promise(setImmediate);
          peer.socket.read(1);
        }
        expect(peer.socket.destroyed).toBe(false);
        await hangUp(peer);
      }),
    );
  });
});
