import { describe, expect, it } from 'vitest';
import { handlerOf, startSessions } from './session-server.js';

describe('a call', () => {
  it('is answered', async () => {
    const server = await startSessions([handlerOf('echo', (data) => data)]);
    const client = await server.connect();
    client.send({ type: 'echo', id: 1, data: { text: 'hi' } });
    expect(await client.next()).toEqual({ op: 'reply', id: 1, data: { text: 'hi' } });
  });
});
