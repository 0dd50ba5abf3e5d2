import { describe, expect, it } from 'vitest';
import { readExtensionHeader } from '../../lib/protocol/handshake/extension-header.js';
import type { DeflateOptions } from '../../lib/protocol/extensions/permessage-deflate/deflate-options.js';
import {
  acceptDeflateOffer,
  type DeflateAgreement,
  readDeflateAnswer,
  writeDeflateOffer,
} from '../../lib/protocol/extensions/permessage-deflate/negotiation.js';
import { ANSWER_FAULTS, ANSWERS, ILLEGAL_PARAMETERS } from '../vectors/deflate-parameters.js';

const BITS = [undefined, 8, 9, 10, 11, 12, 13, 14, 15];
const SWITCHES = [false, true];

function everyOptions(): DeflateOptions[] {
  const all: DeflateOptions[] = [];
  for (const serverNoContextTakeover of SWITCHES)
    for (const clientNoContextTakeover of SWITCHES)
      for (const serverMaxWindowBits of BITS)
        for (const clientMaxWindowBits of BITS)
          all.push({
            serverNoContextTakeover,
            clientNoContextTakeover,
            ...(serverMaxWindowBits && { serverMaxWindowBits }),
            ...(clientMaxWindowBits && { clientMaxWindowBits }),
          });
  return all;
}

function accept(offer: string, options: DeflateOptions): DeflateAgreement | undefined {
  return acceptDeflateOffer(readExtensionHeader(offer), options);
}

/** `undefined` counts as the largest there is. */
function smallest(...bits: (number | undefined)[]): number {
  return Math.min(15, ...bits.map((each) => each ?? 15));
}

/** What must hold between a client and a server that agreed, by RFC 7692 7.1.1 and 7.1.2. */
function findFault(client: DeflateOptions, server: DeflateOptions): string | undefined {
  const accepted = accept(writeDeflateOffer(client), server);
  if (accepted === undefined) return 'the offer is declined';
  const { header } = accepted;
  const read = readDeflateAnswer(readExtensionHeader(header), client);
  if (read === undefined) return 'the answer is not seen';
  const bits = smallest(client.serverMaxWindowBits, server.serverMaxWindowBits);
  const forgets = !!client.serverNoContextTakeover || !!server.serverNoContextTakeover;
  if (accepted.ownWindowBits !== bits || read.peerWindowBits !== bits) return 'server window';
  if (accepted.ownNoContextTakeover !== forgets) return 'server takeover';
  if (read.peerNoContextTakeover !== forgets) return 'server takeover, as the client sees it';
  const clientBits = smallest(client.clientMaxWindowBits, server.clientMaxWindowBits);
  const clientForgets = !!client.clientNoContextTakeover || !!server.clientNoContextTakeover;
  if (accepted.peerWindowBits !== clientBits || read.ownWindowBits !== clientBits) {
    return 'client window';
  }
  if (accepted.peerNoContextTakeover !== clientForgets) return 'client takeover';
  if (read.ownNoContextTakeover !== clientForgets) return 'client takeover, as the client sees it';
  return undefined;
}

describe('permessage-deflate', () => {
  it('is agreed on in the same terms by both sides, in all 104 976 combinations', () => {
    const options = everyOptions();
    for (const client of options) {
      for (const server of options) {
        const fault = findFault(client, server);
        if (fault) throw new Error(`${fault}: ${JSON.stringify({ client, server })}`);
      }
    }
  });

  it.each(ANSWERS)('%s, by a server with %j: %s', (offer, options, answer) => {
    expect(accept(offer, options)?.header).toBe(answer);
  });

  it.each(ILLEGAL_PARAMETERS)(
    'an offer with %s is declined, and the next one taken',
    (parameters) => {
      const offer = `permessage-deflate; ${parameters}`;
      expect(accept(offer, {})).toBeUndefined();
      expect(accept(`${offer}, permessage-deflate`, {})?.header).toBe('permessage-deflate');
    },
  );

  it.each(ANSWER_FAULTS)('the answer %s to a client with %j breaks %s', (answer, options, rule) => {
    const read = () => readDeflateAnswer(readExtensionHeader(answer), options);
    expect(read).toThrow(expect.objectContaining({ rule }));
  });

  it('a client keeps to the hints of its offer even if the answer is silent', () => {
    const options = { clientMaxWindowBits: 10, clientNoContextTakeover: true };
    expect(readDeflateAnswer(readExtensionHeader('permessage-deflate'), options)).toMatchObject({
      ownWindowBits: 10,
      ownNoContextTakeover: true,
      peerWindowBits: 15,
      peerNoContextTakeover: false,
    });
  });

  it('a server may ask for more than was offered', () => {
    const answer =
      'permessage-deflate; client_no_context_takeover; server_no_context_takeover; server_max_window_bits=9; client_max_window_bits=12';
    expect(readDeflateAnswer(readExtensionHeader(answer), {})).toMatchObject({
      ownWindowBits: 12,
      ownNoContextTakeover: true,
      peerWindowBits: 9,
      peerNoContextTakeover: true,
    });
  });

  it('no answer is a connection without it', () => {
    expect(readDeflateAnswer([], {})).toBeUndefined();
    expect(readDeflateAnswer([], undefined)).toBeUndefined();
  });
});
