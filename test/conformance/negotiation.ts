import { agreement, clientAgreement, dial, receiveKnock, type Listener } from './connect.js';
import type { NegotiationCase } from './cases/negotiation.js';
import { echoesOfNoise } from './cases/samples.js';
import * as w from './cases/words.js';
import { drive } from './drive.js';
import type { DeflateParameters } from './peer/deflate.js';
import { writeAnswer, writeRequest } from './peer/handshake.js';
import { readResponse, valuesOf } from './peer/http.js';
import { readElements } from './peer/negotiation.js';
import { Peer } from './peer/peer.js';
import type { ServerSubject } from './subjects.js';

const EXTENSIONS = 'Sec-WebSocket-Extensions';

/** Offers our server what the case says, judges the answer, and uses what was agreed on. */
export async function negotiateWithServer(
  row: NegotiationCase,
  server: ServerSubject,
): Promise<void> {
  const wire = await dial(server.port);
  const add = row.fields.map((field) => `${EXTENSIONS}: ${field}`);
  await wire.send([writeRequest({ add })]);
  const response = await wire.take('the answer to the handshake', readResponse);
  if (row.outcome === 'refused') {
    wire.destroy();
    if (response.status !== 400) throw new Error(`expected 400, got ${response.startLine}`);
    return;
  }
  if (response.status !== 101) throw new Error(`expected 101, got ${response.startLine}`);
  const answer = valuesOf(response, EXTENSIONS).join(', ');
  const agreed = agreement(row.fields.join(', ').replaceAll(/["\\]/g, ''), response);
  judge(row, agreed, answer);
  const peer = new Peer(wire, 'client', agreed);
  await useIt(row, agreed, { peer, peerRole: 'client', subject: await server.accept() });
}

/** Answers our client with what the case says. */
export async function negotiateWithClient(row: NegotiationCase, listener: Listener): Promise<void> {
  const perMessageDeflate = row.deflate ?? { threshold: 0 };
  const { wire, subject, request } = await receiveKnock(listener, { perMessageDeflate });
  const offers = valuesOf(request, EXTENSIONS);
  if (perMessageDeflate !== false) checkOffer(offers);
  const add = row.fields.map((field) => `${EXTENSIONS}: ${field}`);
  await wire.send([writeAnswer(request, { add })]);
  if (!(await subject.opened)) {
    wire.destroy();
    if (row.outcome === 'accepted' || row.outcome === 'declined') {
      throw new Error(`our client refused a legal answer: ${subject.errors.join()}`);
    }
    return;
  }
  if (row.outcome === 'refused') {
    wire.destroy();
    throw new Error('our client accepted an illegal answer');
  }
  const answer = row.fields.join(', ').replaceAll('"', '');
  const agreed = answer === '' ? undefined : clientAgreement(request, answer);
  const peer = new Peer(wire, 'server', agreed);
  await useIt(row, agreed, { peer, peerRole: 'server', subject });
}

/** RFC 7692 section 5: our own offer is one that a server can accept. */
function checkOffer(offers: readonly string[]): void {
  const [offer, ...more] = readElements(offers.join(', '));
  if (offer?.name !== 'permessage-deflate' || more.length > 0) {
    throw new Error(`our client offered ${offers.join(', ')}`);
  }
  for (const [name, value] of offer.parameters) {
    const legal = name.endsWith('_max_window_bits')
      ? /^([89]|1[0-5])$/.test(value ?? (name.startsWith('client') ? '15' : ''))
      : /^(client|server)_no_context_takeover$/.test(name) && value === undefined;
    if (!legal) throw new Error(`our client offered ${name}=${value}`);
  }
}

function judge(row: NegotiationCase, agreed: DeflateParameters | undefined, answer: string): void {
  if (row.outcome === 'accepted' && !agreed) throw new Error('the offer was declined');
  if (row.outcome === 'declined' && agreed) throw new Error(`the offer was accepted: ${answer}`);
  for (const word of row.answered ?? []) {
    if (!answer.includes(word)) throw new Error(`no ${word} in the answer ${answer}`);
  }
}

/** Echoes that lean on each other as far as the agreement allows; the peer's inflater refuses more. */
async function useIt(
  row: NegotiationCase,
  agreed: DeflateParameters | undefined,
  conversation: Parameters<typeof drive>[2],
): Promise<void> {
  const data = echoesOfNoise();
  const compress = agreed !== undefined;
  const send = [w.binary(data, { compress }), w.text('plain'), w.binary(data, { compress })];
  const expect = [w.gotBinary(data), w.gotText('plain'), w.gotBinary(data)];
  const { id, title, section, rules } = row;
  await drive({ id, title, section, rules, send, expect }, 'together', conversation);
}
