import { once } from 'node:events';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect as connectTls, createServer as createTls, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SPECIAL_CASES as CASES } from './cases/special.js';
import * as w from './cases/words.js';
import { listen, meetClient, receiveKnock, type Listener } from './connect.js';
import { drive } from './drive.js';
import { selfSigned } from './peer/certificate.js';
import { readServerName } from './peer/client-hello.js';
import { writeAnswer, writeRequest } from './peer/handshake.js';
import { readHead, readResponse, valuesOf } from './peer/http.js';
import { Peer } from './peer/peer.js';
import { Wire } from './peer/wire.js';
import { startClient, startServer } from './subjects.js';

const ECHO = { send: [w.text('Hello')], expect: [w.gotText('Hello')] };

let listener: Listener;
beforeAll(async () => {
  listener = await listen();
});
afterAll(() => listener.stop());

describe('connecting', () => {
  it.each([CASES.unreachable])('$id $title', async () => {
    const gone = await listen();
    await gone.stop();
    const subject = startClient(`ws://127.0.0.1:${gone.port}/`);
    expect(await subject.closed).toEqual({ code: 1006, reason: '' });
    expect(subject.errors).toHaveLength(1);
  });

  it.each([CASES.hangsUp])('$id $title', async () => {
    const { wire, subject } = await receiveKnock(listener);
    wire.end();
    expect(await subject.closed).toEqual({ code: 1006, reason: '' });
    expect(subject.errors).toHaveLength(1);
    wire.destroy();
  });

  it.each([CASES.waits])('$id $title', async () => {
    const { wire, subject, request } = await receiveKnock(listener);
    // Refused or kept for later, as the client likes; but not on the wire.
    for (const data of ['early', 'earlier']) {
      try {
        subject.socket.send(data);
      } catch {
        continue;
      }
    }
    const answer = writeAnswer(request);
    for (let at = 0; at < answer.length; at++) {
      expect(wire.unread).toHaveLength(0);
      await wire.send([answer.subarray(at, at + 1)]);
    }
    expect(await subject.opened).toBe(true);
    const conversation = { peer: new Peer(wire, 'server'), peerRole: 'server', subject } as const;
    await drive({ ...CASES.waits, ...ECHO }, 'together', conversation);
  });

  it.each([CASES.freshHandshakeKeys])('$id $title', async () => {
    const keys = new Set<string>();
    for (let i = 0; i < 40; i++) {
      const { wire, subject, request } = await receiveKnock(listener);
      keys.add(valuesOf(request, 'Sec-WebSocket-Key')[0]);
      wire.destroy();
      await subject.closed;
    }
    expect(keys.size).toBe(40);
  });
});

describe('masking keys', () => {
  it.each([CASES.freshMasks])('$id $title', async () => {
    const frames = 4000;
    const conversation = await meetClient(listener, {});
    const send = Array.from({ length: frames }, () => w.text('same'));
    const expected = Array.from({ length: frames }, () => w.gotText('same'));
    await drive({ ...CASES.freshMasks, send, expect: expected }, 'together', conversation);
    const keys = conversation.peer.incoming.maskKeys.map((key) => key.readUInt32BE());
    // Of 4000 random keys two are alike with a chance of 0.2 %, four with 10^-6.
    expect(new Set(keys).size).toBeGreaterThan(keys.length - 3);
    expectRandomBits(keys);
    // Nor do they differ by a pattern: differences of neighbours look random as well.
    expectRandomBits(keys.slice(1).map((key, i) => (key ^ keys[i]) >>> 0));
    expectRandomBits(keys.slice(1).map((key, i) => (key - keys[i]) >>> 0));
  });

  it.each([CASES.masksOfControlFrames])('$id $title', async () => {
    const conversation = await meetClient(listener, {});
    const pings = Array.from({ length: 50 }, () => w.ping('p'));
    const expected = pings.map(() => w.gotPong('p'));
    await drive(
      { ...CASES.masksOfControlFrames, send: pings, expect: expected },
      'together',
      conversation,
    );
    const keys = conversation.peer.incoming.maskKeys.map((key) => key.readUInt32BE());
    expect(keys).toHaveLength(52);
    expect(new Set(keys).size).toBe(52);
  });
});

/** Each of the 32 bits is set about half of the time: within six standard deviations. */
function expectRandomBits(values: readonly number[]): void {
  const tolerance = 6 * (Math.sqrt(values.length) / 2);
  for (let bit = 0; bit < 32; bit++) {
    const set = values.filter((value) => ((value >>> bit) & 1) === 1).length;
    expect(Math.abs(set - values.length / 2)).toBeLessThan(tolerance);
  }
}

describe('TLS', () => {
  const pair = selfSigned();

  it.each([CASES.tlsFirst])('$id $title', async () => {
    const subject = startClient(`wss://localhost:${listener.port}/`);
    const wire = await listener.accept();
    const hello = await wire.take('a TLS record', (bytes) => {
      const length = bytes.length < 5 ? Infinity : 5 + bytes.readUInt16BE(3);
      return bytes.length < length ? undefined : { value: bytes.subarray(0, length), used: length };
    });
    expect(readServerName(hello)).toBe('localhost');
    wire.destroy();
    expect(await subject.closed).toEqual({ code: 1006, reason: '' });
  });

  it.each([CASES.tlsRefused])('$id $title', async () => {
    const server = createTls(pair, (socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const subject = startClient(`wss://localhost:${(server.address() as AddressInfo).port}/`);
    expect(await subject.closed).toEqual({ code: 1006, reason: '' });
    expect(String(subject.errors[0])).toContain('self-signed');
    server.close();
  });

  it.each([CASES.tlsClient])('$id $title', async () => {
    const server = createTls(pair).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `wss://localhost:${(server.address() as AddressInfo).port}/`;
    const subject = startClient(url, [], { ca: pair.cert });
    const [socket] = (await once(server, 'secureConnection')) as [TLSSocket];
    const wire = new Wire(socket);
    const request = await wire.take('the opening handshake', readHead);
    await wire.send([writeAnswer(request)]);
    expect(await subject.opened).toBe(true);
    const conversation = { peer: new Peer(wire, 'server'), peerRole: 'server', subject } as const;
    await drive({ ...CASES.tlsClient, ...ECHO }, 'together', conversation);
    server.close();
  });

  it.each([CASES.tlsServer])('$id $title', async () => {
    const https = createHttps(pair).listen(0, '127.0.0.1');
    await once(https, 'listening');
    const server = await startServer({}, { server: https });
    const socket = connectTls({
      host: '127.0.0.1',
      port: server.port,
      servername: 'localhost',
      ca: pair.cert,
    });
    await once(socket, 'secureConnect');
    const wire = new Wire(socket);
    await wire.send([writeRequest()]);
    const response = await wire.take('the answer to the handshake', readResponse);
    expect(response.status).toBe(101);
    const subject = await server.accept();
    const conversation = { peer: new Peer(wire, 'client'), peerRole: 'client', subject } as const;
    await drive({ ...CASES.tlsServer, ...ECHO }, 'together', conversation);
    await server.stop();
    https.close();
  });
});
