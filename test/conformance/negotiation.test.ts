import { afterAll, beforeAll, describe, it } from 'vitest';
import { ANSWER_CASES, OFFER_CASES } from './cases/negotiation.js';
import { listen, type Listener } from './connect.js';
import { negotiateWithClient, negotiateWithServer } from './negotiation.js';
import { startServer } from './subjects.js';

describe('offers to our server', () => {
  it.each(OFFER_CASES)('$id $title', async (row) => {
    const server = await startServer({ perMessageDeflate: row.deflate ?? { threshold: 0 } });
    try {
      await negotiateWithServer(row, server);
    } finally {
      await server.stop();
    }
  });
});

describe('answers to our client', () => {
  let listener: Listener;
  beforeAll(async () => {
    listener = await listen();
  });
  afterAll(() => listener.stop());

  it.each(ANSWER_CASES)('$id $title', (row) => negotiateWithClient(row, listener));
});
