import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { jsonCodec } from '../../../lib/protocol/wsgate/json-codec.js';
import type { WsCodec } from '../../../lib/protocol/wsgate/codec.js';
import type { TestClient } from './test-client.js';
import { handlerOf, startSessions } from './session-server.js';

/** Has no form for errors, not even for one without details. */
const codec: WsCodec = {
  decode: (data) => JSON.parse(String(data)) as unknown,
  encode: (message) => {
    if ('op' in message && message.op === 'error') throw new Error('no errors here');
    return jsonCodec.encode(message);
  },
};

function fail(): never {
  throw new Error('failed');
}

const HANDLERS = [
  handlerOf('echo', (data) => data),
  handlerOf('throw', fail),
  handlerOf('reject', async () => fail()),
  handlerOf('bigint', () => 1n),
  handlerOf('stream', async function* stream() {
    yield 1;
    fail();
  }),
  handlerOf('hang', () => new Promise(() => undefined), { timeout: 20 }),
];

async function closeOf({ socket }: TestClient): Promise<readonly [number, string]> {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return [code, reason.toString()];
}

describe('a codec that cannot write an error', () => {
  it.each(['throw', 'reject', 'bigint', 'stream', 'hang', 'of no such type'])(
    'ends the connection with 1011 instead of leaving a call open: %s',
    async (type) => {
      const server = await startSessions(HANDLERS, { codec });
      const client = await server.connect();
      const closed = closeOf(client);
      client.send({ type, id: 1 });
      expect(await closed).toEqual([1011, 'a call cannot be answered']);
      expect(server.reports.at(-1)?.where).toBe('encoding an error without details');
      expect([server.session.callsInFlight, server.session.streamsInFlight]).toEqual([0, 0]);
    },
  );

  it('leaves it open where only an event failed', async () => {
    const server = await startSessions(HANDLERS, { codec });
    const client = await server.connect();
    client.send({ type: 'throw' }, { type: 'of no such type' }, 'not JSON');
    client.send({ type: 'echo', id: 1, data: 'still here' });
    expect(await client.next()).toEqual({ op: 'reply', id: 1, data: 'still here' });
  });
});
