import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itEchoes } from './it-echoes.js';
import { ourClient } from './our-client.js';
import { fayeServer } from './servers/faye.js';
import { websocketServer } from './servers/websocket.js';
import { wsServer } from './servers/ws.js';
import { type RunningServer, type Talker, writeCommand } from './talker.js';

const kinds = [wsServer, websocketServer, fayeServer].flatMap((kind) =>
  [false, true].map((isCompressed) => ({ kind, name: kind.name, isCompressed })),
);

describe.each(kinds)(
  'our client, offering compression: $isCompressed, and a server of $name',
  ({ kind, isCompressed }) => {
    let server: RunningServer;
    beforeAll(async () => {
      server = await kind.start({ isCompressed });
    });
    afterAll(() => server.stop());

    const connect = (protocols: readonly string[] = []): Promise<Talker> =>
      ourClient.connect(server.url, { protocols, isCompressed });

    async function finish(talker: Talker): Promise<void> {
      const closed = server.nextClose();
      talker.close(1000, 'done');
      expect((await talker.closed)[0]).toBe(1000);
      expect(await closed).toEqual([1000, 'done']);
    }

    itEchoes(connect, finish);

    it('a message in parts, from us and, where it can, from it', async () => {
      const talker = await connect();
      const parts = ['', 'grün ', '', '漢字'.repeat(1000), ' ende'];
      talker.sendParts?.(parts);
      expect(await talker.next()).toBe(parts.join(''));
      talker.send(writeCommand({ do: 'parts', parts }));
      expect(await talker.next()).toBe(parts.join(''));
      await finish(talker);
    });

    it('ping from us and from it', async () => {
      const talker = await connect();
      expect(await talker.ping?.('ours')).toBe('ours');
      talker.send(writeCommand({ do: 'ping', payload: 'theirs' }));
      expect(await talker.next()).toBe('pong theirs');
      await finish(talker);
    });

    it('a subprotocol', async () => {
      const talker = await connect(['chat.v2', 'chat.v1']);
      expect(talker.protocol).toBe('chat.v2');
      await finish(talker);
    });

    it.each(kind.closeCodes)('close from it with %s', async (code) => {
      const talker = await connect();
      const closed = server.nextClose();
      talker.send(writeCommand({ do: 'close', code, reason: 'grün' }));
      expect(await talker.closed).toEqual([code, 'grün']);
      expect((await closed)[0]).toBe(code);
    });

    it.each(ourClient.closeCodes)('close from us with %s', async (code) => {
      const talker = await connect();
      const closed = server.nextClose();
      talker.close(code, 'grün');
      expect(await closed).toEqual([code, 'grün']);
      expect((await talker.closed)[0]).toBe(kind.closeAnswer ?? code);
    });

    it('compression is in use where both can', async () => {
      const talker = await connect();
      expect(talker.isCompressed).toBe(isCompressed && kind.canCompress);
      await finish(talker);
    });
  },
);
