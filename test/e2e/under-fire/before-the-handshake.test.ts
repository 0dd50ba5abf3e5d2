import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { upgradeRequest } from '../../socket/support/raw-peer.js';
import { dial, ended, knock, many, statusOf, times } from './support/attacker.js';
import { underFire } from './support/under-fire.js';
import { Victim } from './support/victim.js';

let victim: Victim;

beforeAll(async () => {
  victim = await Victim.start();
});

afterAll(() => victim.stop());

const WHOLE = upgradeRequest({ path: '/target/x' });

describe('slowloris', () => {
  it('in every place before the end of the headers', async () => {
    const beginnings = ['', 'GET /target/x HT', WHOLE.slice(0, 60), WHOLE.slice(0, -2)];
    await underFire(victim, () =>
      times(
        many(400),
        async (at) => {
          const socket = await dial(victim);
          socket.write(beginnings[at % beginnings.length] ?? '');
          await ended(socket);
        },
        many(400),
      ),
    );
  });

  it('a byte now and then', async () => {
    await underFire(victim, async () => {
      const socket = await dial(victim);
      let at = 0;
      const timer = setInterval(() => socket.write(WHOLE[at++] ?? ''), 100);
      await ended(socket);
      clearInterval(timer);
    });
  });
});

describe('headers', () => {
  const filler = (count: number, size: number): string =>
    Array.from({ length: count }, (_, at) => `X-${at}: ${'x'.repeat(size)}\r\n`).join('');

  // 0: cut off while it was still talking, and the answer with it.
  it.each([
    ['thousands of them', filler(5_000, 1), [431, 0]],
    ['one that is very long', filler(1, 1_000_000), [431, 0]],
    ['one that never ends', `X: ${'x'.repeat(10_000_000)}`, [431, 0]],
    ['a name that is none', 'X Y: z\r\n', [400]],
    ['a NUL', 'X: a\0b\r\n', [400]],
    ['a bare carriage return', 'X: a\rOrigin: b\r\n', [400]],
  ])('%s', async (_name, lines, statuses) => {
    await underFire(victim, () =>
      times(many(20), async () => {
        const answer = await knock(victim, `${WHOLE.slice(0, -2)}${lines}\r\n`);
        expect(statuses).toContain(statusOf(answer));
      }),
    );
  });

  it('what is no HTTP', async () => {
    await underFire(victim, () =>
      times(many(50), async () => {
        expect(statusOf(await knock(victim, '\x16\x03\x01\x02\x00\x01\x00'.repeat(100)))).toBe(400);
      }),
    );
  });
});

describe('storms', () => {
  it('of connections that die at once', async () => {
    await underFire(victim, () =>
      times(many(1_000), async () => {
        const socket = await dial(victim);
        socket.resetAndDestroy();
      }),
    );
  });

  it('of handshakes that die at once', async () => {
    await underFire(victim, () =>
      times(many(1_000), async () => {
        const socket = await dial(victim);
        socket.write(WHOLE, () => socket.resetAndDestroy());
      }),
    );
  });
});
