import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  clientFrame,
  FIN_CLOSE,
  FIN_PING,
  RawPeer,
  FIN_TEXT,
  upgradeRequest,
} from '../../../socket/support/raw-peer.js';
import type { Victim } from './victim.js';

/** Multiplies the size of attacks: `WSGATE_FIRE=10 npm run test:e2e -- test/e2e/under-fire`. */
const FIRE = Number(process.env['WSGATE_FIRE'] ?? 1);

/** This many, times {@link FIRE}. */
export function many(count: number): number {
  return Math.round(count * FIRE);
}

/** Does something `count` times, at most `atOnce` at a time. */
export async function times(
  count: number,
  attack: (at: number) => Promise<unknown>,
  atOnce = 50,
): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) await attack(next++);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, work));
}

/** Connects, and sends nothing; `from` is another loopback address. */
export async function dial(victim: Victim, from = '127.0.0.1'): Promise<Socket> {
  const socket = connect({
    port: victim.port,
    host: '127.0.0.1',
    localAddress: from,
    allowHalfOpen: true,
  });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Resolves when the server has ended the connection, in whatever way. */
export async function ended(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.readableEnded && !socket.destroyed) {
    await new Promise<void>((resolve) =>
      socket.once('end', resolve).once('close', () => resolve()),
    );
  }
  socket.destroy();
}

/** Writes bytes as they are, and answers with all that came until the server ended the connection. */
export async function knock(
  victim: Victim,
  bytes: string | Buffer,
  from?: string,
): Promise<string> {
  const socket = await dial(victim, from);
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
  socket.write(bytes);
  await ended(socket);
  return answer;
}

/** The status of an HTTP response; 0 where there is none. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 0);
}

/** A WebSocket connection, by hand. */
export async function join(
  victim: Victim,
  path = '/target/attacker',
  headers: Readonly<Record<string, string>> = {},
): Promise<RawPeer> {
  const peer = await RawPeer.connect(victim.port);
  peer.socket.write(upgradeRequest({ path, headers }));
  const head = await peer.takeHead();
  if (statusOf(head) !== 101) throw new Error(`refused: ${head}`);
  return peer;
}

/** The frames of messages; texts as they are. */
export function framesOf(messages: readonly unknown[]): Buffer {
  const texts = messages.map((message) =>
    typeof message === 'string' ? message : JSON.stringify(message),
  );
  return Buffer.concat(texts.map((text) => clientFrame(FIN_TEXT, text)));
}

/** Sends messages in one go. */
export function say(peer: RawPeer, ...messages: readonly unknown[]): void {
  peer.socket.write(framesOf(messages));
}

/** A list of `count` items. */
export function list<T>(count: number, item: (at: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, at) => item(at));
}

/** The next message, whatever it says; pings are not answered. */
export async function hear(peer: RawPeer): Promise<Record<string, unknown>> {
  const { firstByte, payload } = await peer.takeFrame();
  if (firstByte === FIN_PING) return hear(peer);
  if (firstByte !== FIN_TEXT) throw new Error(`not a message: ${firstByte} ${payload.toString()}`);
  return JSON.parse(payload.toString()) as Record<string, unknown>;
}

/** Calls, and answers with the next message. */
export function ask(
  peer: RawPeer,
  type: string,
  data?: unknown,
  id: string | number = 1,
): Promise<Record<string, unknown>> {
  say(peer, { type, id, data });
  return hear(peer);
}

/** The code of the Close frame, whatever comes before it; then hangs up. */
export async function closeCodeOf(peer: RawPeer): Promise<number> {
  let frame = await peer.takeFrame();
  while (frame.firstByte !== FIN_CLOSE) frame = await peer.takeFrame();
  await hangUp(peer);
  return frame.payload.readUInt16BE(0);
}

/** Cuts the connection. */
export async function hangUp(peer: RawPeer): Promise<void> {
  if (peer.socket.closed) return;
  peer.socket.destroy();
  await once(peer.socket, 'close');
}
