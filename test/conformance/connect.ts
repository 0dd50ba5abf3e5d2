import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { DeflateSetup, SubjectOptions } from './cases/case.js';
import type { Conversation } from './drive.js';
import type { DeflateParameters } from './peer/deflate.js';
import { ACCEPT, writeAnswer, writeRequest } from './peer/handshake.js';
import { readHead, readResponse, valuesOf, type Head } from './peer/http.js';
import { faultsOfAnswer, parametersOf, readElements } from './peer/negotiation.js';
import { Peer } from './peer/peer.js';
import { Wire } from './peer/wire.js';
import { startClient, type ClientExtras, type ServerSubject, type Subject } from './subjects.js';

const EXTENSIONS = 'Sec-WebSocket-Extensions';

/** Opens a raw TCP connection to a server of ours. */
export async function dial(port: number): Promise<Wire> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  await once(socket, 'connect');
  return new Wire(socket);
}

/** The peer as client: an honest handshake with our server. */
export async function joinServer(
  server: ServerSubject,
  deflate?: DeflateSetup,
): Promise<Conversation> {
  const wire = await dial(server.port);
  const offer = deflate && (deflate.offer ?? 'permessage-deflate');
  await wire.send([writeRequest(offer ? { set: { [EXTENSIONS]: offer } } : {})]);
  const response = await wire.take('the answer to the handshake', readResponse);
  if (response.status !== 101) throw new Error(`handshake answered with ${response.startLine}`);
  if (valuesOf(response, 'Sec-WebSocket-Accept')[0] !== ACCEPT) throw new Error('wrong accept');
  const agreed = offer === undefined ? undefined : agreement(offer, response);
  if (offer && !agreed) throw new Error(`offer ${offer} was declined`);
  const peer = new Peer(wire, 'client', agreed);
  return { peer, peerRole: 'client', subject: await server.accept() };
}

/** What a response agrees to; throws when it is not a legal answer to the offer. */
export function agreement(offers: string, response: Head): DeflateParameters | undefined {
  const answers = valuesOf(response, EXTENSIONS);
  if (answers.length === 0) return undefined;
  const [answer, ...more] = readElements(answers.join(', '));
  if (!answer || more.length > 0) throw new Error(`answered with ${answers.join(', ')}`);
  const candidates = readElements(offers).filter(({ name }) => name === answer.name);
  const offer = candidates.find((candidate) => faultsOfAnswer(candidate, answer).length === 0);
  if (offer) return parametersOf(offer, answer);
  const faults = candidates.map((candidate) => faultsOfAnswer(candidate, answer).join('; '));
  throw new Error(`illegal answer ${answers.join(', ')} to ${offers}: ${faults.join(' | ')}`);
}

/** A TCP server for our clients to connect to. */
export interface Listener {
  readonly port: number;
  accept(): Promise<Wire>;
  stop(): Promise<void>;
}

export async function listen(): Promise<Listener> {
  const waiting: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => waiting.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    accept: async () => {
      while (waiting.length === 0) await once(server, 'connection');
      return new Wire(waiting.shift()!);
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A client of ours that has sent its request and waits for the answer. */
export interface Knock {
  readonly subject: Subject;
  readonly wire: Wire;
  readonly request: Head;
}

export async function receiveKnock(
  listener: Listener,
  options: SubjectOptions & ClientExtras = {},
  protocols: readonly string[] = [],
  path = '/',
): Promise<Knock> {
  const subject = startClient(`ws://127.0.0.1:${listener.port}${path}`, protocols, options);
  const wire = await listener.accept();
  const request = await wire.take('the opening handshake', readHead);
  return { subject, wire, request };
}

/** The peer as server: an honest answer to our client. */
export async function meetClient(
  listener: Listener,
  options: SubjectOptions,
  deflate?: DeflateSetup,
): Promise<Conversation> {
  const knock = await receiveKnock(listener, options);
  const answer = deflate && (deflate.answer ?? 'permessage-deflate');
  const change = answer ? { set: { [EXTENSIONS]: answer } } : {};
  await knock.wire.send([writeAnswer(knock.request, change)]);
  const agreed = answer === undefined ? undefined : clientAgreement(knock.request, answer);
  const peer = new Peer(knock.wire, 'server', agreed);
  if (!(await knock.subject.opened)) throw new Error('our client refused an honest answer');
  return { peer, peerRole: 'server', subject: knock.subject };
}

/** The parameters in use after this answer to the client's own offer. */
export function clientAgreement(request: Head, answer: string): DeflateParameters {
  const offers = valuesOf(request, EXTENSIONS);
  const [offer] = readElements(offers.join(', '));
  const [answered] = readElements(answer);
  if (!offer || !answered) throw new Error('our client offered no extension');
  return parametersOf(offer, answered);
}
