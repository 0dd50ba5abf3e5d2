import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itEchoes } from './it-echoes.js';
import { startOurServer } from './our-server.js';
import {
  type ClientKind,
  type RunningServer,
  type Talker,
  type TalkerOptions,
  writeCommand,
} from './talker.js';

/** The table: everything a client of another library does with our server. */
export function tryClient(name: string, clientOf: () => ClientKind): void {
  describe.each([false, true])(`${name}, our server with compression: %s`, (isCompressed) => {
    let server: RunningServer;
    beforeAll(async () => {
      server = await startOurServer({ isCompressed });
    });
    afterAll(() => server.stop());

    const connect = (options: TalkerOptions = {}): Promise<Talker> =>
      clientOf().connect(server.url, { isCompressed, ...options });

    async function finish(talker: Talker): Promise<void> {
      const closed = server.nextClose();
      talker.close(1000, 'done');
      expect(await talker.closed).toEqual([1000, 'done']);
      expect(await closed).toEqual([1000, 'done']);
    }

    itEchoes(connect, finish);

    it('a message in parts, from us and, where it can, from it', async () => {
      const talker = await connect();
      const parts = ['', 'grün ', '', '漢字'.repeat(1000), ' ende'];
      talker.send(writeCommand({ do: 'parts', parts }));
      expect(await talker.next()).toBe(parts.join(''));
      if (talker.sendParts !== undefined) {
        talker.sendParts(parts);
        expect(await talker.next()).toBe(parts.join(''));
      }
      await finish(talker);
    });

    it('ping from us and, where it can, from it', async () => {
      const talker = await connect();
      talker.send(writeCommand({ do: 'ping', payload: 'grün' }));
      expect(await talker.next()).toBe('pong grün');
      if (talker.ping !== undefined) expect(await talker.ping('theirs')).toBe('theirs');
      await finish(talker);
    });

    it('a subprotocol', async () => {
      const talker = await connect({ protocols: ['chat.v2', 'chat.v1'] });
      expect(talker.protocol).toBe('chat.v2');
      await finish(talker);
    });

    it.each([1000, 1001, 3000, 4999])('close from us with %s', async (code) => {
      const talker = await connect();
      const closed = server.nextClose();
      talker.send(writeCommand({ do: 'close', code, reason: 'grün' }));
      expect(await talker.closed).toEqual([code, 'grün']);
      expect((await closed)[0]).toBe(clientOf().closeAnswer ?? code);
    });

    it('close from it with every code its API allows', async () => {
      for (const code of clientOf().closeCodes) {
        const talker = await connect();
        const closed = server.nextClose();
        talker.close(code, 'grün');
        expect(await closed).toEqual([code, 'grün']);
        await talker.closed;
      }
    });

    it('compression is in use where both can', async () => {
      const talker = await connect();
      const canCompress = ['ws', 'undici', 'Chromium'].includes(name);
      expect(talker.isCompressed).toBe(isCompressed && canCompress);
      await finish(talker);
    });
  });
}
