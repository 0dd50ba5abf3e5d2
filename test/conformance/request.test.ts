import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REFUSED_CALL_CASES, REQUEST_CASES } from './cases/request.js';
import { listen, receiveKnock, type Listener } from './connect.js';
import { InvalidUse, startClient } from './subjects.js';

describe('the opening handshake of our client', () => {
  let listener: Listener;
  beforeAll(async () => {
    listener = await listen();
  });
  afterAll(() => listener.stop());

  it.each(REQUEST_CASES)('$id $title', async ({ look, expected, protocols }) => {
    const knock = await receiveKnock(listener, {}, protocols, '/chat?room=a%20b');
    const seen = look(knock.request, listener.port);
    if (typeof expected === 'string') expect(seen).toBe(expected);
    else expect(seen).toMatch(expected);
    knock.wire.destroy();
    await knock.subject.closed;
  });

  it.each(REFUSED_CALL_CASES)('$id refuses $title', ({ url, protocols }) => {
    expect(() => startClient(url, protocols)).toThrow(InvalidUse);
  });
});
