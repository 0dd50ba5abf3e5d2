import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPENING_CLIENT_CASES } from './cases/opening-client.js';
import { listen, receiveKnock, type Listener } from './connect.js';
import { drive } from './drive.js';
import { writeAnswer } from './peer/handshake.js';
import { Peer } from './peer/peer.js';
import type { Chop } from './peer/wire.js';

const runs = OPENING_CLIENT_CASES.flatMap((row) =>
  (['together', 1] as readonly Chop[]).map((chop) => ({ row, chop })),
);

describe('answers to the opening handshake of our client', () => {
  let listener: Listener;
  beforeAll(async () => {
    listener = await listen();
  });
  afterAll(() => listener.stop());

  it.each(runs)('$row.id $row.title [$chop]', async ({ row, chop }) => {
    const knock = await receiveKnock(listener, {}, row.protocols);
    const { subject, wire, request } = knock;
    await wire.send([writeAnswer(request, row.answer)], chop);
    expect(await subject.opened).toBe(row.opens);
    if (row.opens) {
      expect(subject.socket.protocol).toBe(row.chosen ?? '');
      return drive(row, 'together', {
        peer: new Peer(wire, 'server'),
        peerRole: 'server',
        subject,
      });
    }
    // RFC 6455 section 7.1.7: our client closes TCP and reports it.
    await new Peer(wire, 'server').nothingButTheEnd();
    wire.destroy();
    expect(await subject.closed).toEqual({ code: 1006, reason: '' });
    expect(subject.errors).toHaveLength(1);
  });
});
