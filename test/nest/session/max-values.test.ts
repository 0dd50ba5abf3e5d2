import { describe, expect, it } from 'vitest';
import { resolveWsOptions } from '../../../lib/nest/options/resolve-ws-options.js';
import { resolvePathOptions } from '../../../lib/nest/adapter/adapter-options.js';
import type { WsCodec } from '../../../lib/protocol/wsgate/codec.js';
import { handlerOf, startSessions } from './session-server.js';

const echo = handlerOf('echo', (data) => data);

/** `type`, `id` and `data` are values too. */
const ENVELOPE = 3;

/** Unlike the package's own codecs, it cannot tell the number of values before it has decoded them. */
const ownCodec: WsCodec = {
  decode: (data) => JSON.parse(String(data)) as unknown,
  encode: (message) => JSON.stringify(message),
};

describe.each([
  ['a message', undefined],
  ['a message in a codec of the application', ownCodec],
])('the values of %s', (_from, codec) => {
  it.each<[string, number, unknown]>([
    ['the items of an array', 5, [0, 1, 2, 3, 4]],
    ['the members of an object', 3, { a: 1, b: 2, c: 3 }],
    ['what is inside of others', 6, [[0, [1]], { a: {} }]],
    ['a long text once', 1, ['x'.repeat(1000)]],
  ])('are counted: %s', async (_what, count, data) => {
    for (const [maxValues, op] of [
      [ENVELOPE + count, 'reply'],
      [ENVELOPE + count - 1, 'error'],
    ] as const) {
      const server = await startSessions([echo], { codec, limits: { maxValues } });
      const client = await server.connect();
      client.send({ type: 'echo', id: 7, data });
      expect(await client.take(1)).toMatchObject([{ op, id: 7 }]);
    }
  });

  it('may be any number where the limit is 0', async () => {
    const server = await startSessions([echo], { codec, limits: { maxValues: 0 } });
    const client = await server.connect();
    const data = Array.from({ length: 20_000 }, () => 0);
    client.send({ type: 'echo', id: 1, data });
    expect(await client.take(1)).toMatchObject([{ op: 'reply', data }]);
  });
});

describe('the values of a message', () => {
  it('beyond the limit are BAD_MESSAGE, and the connection goes on', async () => {
    const server = await startSessions([echo], { limits: { maxValues: 10 } });
    const client = await server.connect();
    client.send({ type: 'echo', id: 1, data: Array.from({ length: 100 }, () => 0) });
    client.send({ type: 'echo', id: 2, data: 'fine' });
    expect(await client.take(2)).toMatchObject([
      {
        op: 'error',
        id: 1,
        error: { code: 'BAD_MESSAGE', message: 'the message holds more than 10 values' },
      },
      { op: 'reply', id: 2, data: 'fine' },
    ]);
  });

  it('are bounded by default, for existing gateways more widely', () => {
    expect(resolveWsOptions().maxValues).toBe(10_000);
    expect(resolvePathOptions().maxValues).toBe(100_000);
  });
});
