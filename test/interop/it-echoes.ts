import { expect, it } from 'vitest';
import { isSame, MESSAGES, type Talker } from './talker.js';

/** The tests of messages that come back, alone and all at once. */
export function itEchoes(
  connect: () => Promise<Talker>,
  finish: (talker: Talker) => Promise<void>,
): void {
  it.each(MESSAGES)('echo: %s', async (_what, message) => {
    const talker = await connect();
    talker.send(message);
    expect(isSame(await talker.next(), message)).toBe(true);
    await finish(talker);
  });

  it('echo: all at once, in order', async () => {
    const talker = await connect();
    for (const [, message] of MESSAGES) talker.send(message);
    for (const [, message] of MESSAGES) {
      expect(isSame(await talker.next(), message)).toBe(true);
    }
    await finish(talker);
  });
}
