import { once } from 'node:events';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { clientFrame, PING, PONG, RawPeer, TEXT } from '../../socket/support/raw-peer.js';
import { underFire } from './support/under-fire.js';
import { Victim } from './support/victim.js';

const FLOOD_BYTES = 512 * 1024;

let victim: Victim;

beforeAll(async () => {
  victim = await Victim.start();
});

afterAll(() => victim.stop());

describe('a flood of', () => {
  it.each([
    ['pings', clientFrame(PING)],
    ['pongs', clientFrame(PONG)],
    ['empty messages', clientFrame(TEXT)],
    ['messages of one byte', clientFrame(TEXT, '1')],
    ['calls', clientFrame(TEXT, '{"type":"name","id":1}')],
  ])('%s', async (_name, frame) => {
    await underFire(victim, async () => {
      const peer = await RawPeer.join(victim.port, '/target/flood');
      const count = Math.ceil(FLOOD_BYTES / frame.length);
      peer.socket.end(Buffer.alloc(count * frame.length, frame));
      await once(peer.socket, 'end');
    });
  });
});
