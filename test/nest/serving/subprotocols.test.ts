import { once } from 'node:events';
import { Injectable } from '@nestjs/common';
import { pack, unpack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type ServerMessage, type WsCodec, WsGateway, WsHandler } from '../../../lib/index.js';
import { jsonCodec } from '../../../lib/protocol/wsgate/json-codec.js';
import { Subprotocols } from '../../../lib/nest/serving/subprotocols.js';
import { serveApp } from '../support/gateway-app.js';
import { Lines } from '../support/lines.js';

/** Sends `{event, data}` for `{type, data}`: an envelope of an application's own. */
const eventCodec: WsCodec = {
  protocol: 'events',
  decode(data) {
    const { event, ...rest } = JSON.parse(String(data)) as { event: string };
    return { type: event, ...rest };
  },
  encode: (message: ServerMessage) => JSON.stringify({ envelope: message }),
};

@WsGateway('/bytes')
@Injectable()
class Bytes {
  @WsHandler('size') size(_connection: unknown, data: Uint8Array): unknown {
    return { size: data.length, bytes: data };
  }
}

@WsGateway({ path: '/own', codec: eventCodec, protocols: ['chat.v2'] })
@Injectable()
class Own {
  @WsHandler('echo') echo(_connection: unknown, data: unknown): unknown {
    return data;
  }
}

async function exchange(
  path: string,
  protocols: readonly string[],
  message: string | Uint8Array,
): Promise<{ readonly protocol: string; readonly answer: Buffer; readonly isBinary: boolean }> {
  const { app, url } = await serveApp({ providers: [Bytes, Own] });
  const socket = new WebSocket(url + path, [...protocols]);
  await once(socket, 'open');
  const answered = once(socket, 'message');
  socket.send(message);
  const [answer, isBinary] = (await answered) as [Buffer, boolean];
  const { protocol } = socket;
  const closed = once(socket, 'close');
  await app.close();
  await closed;
  return { protocol, answer, isBinary };
}

describe('subprotocols', () => {
  it('carry bytes as MessagePack', async () => {
    const call = pack({ type: 'size', id: 1, data: Buffer.from([1, 2, 3]) });
    const offers = ['unknown', 'wsgate.v1.msgpack', 'wsgate.v1'];
    const { protocol, answer, isBinary } = await exchange('/bytes', offers, call);
    expect([protocol, isBinary]).toEqual(['wsgate.v1.msgpack', true]);
    const data = { size: 3, bytes: Buffer.from([1, 2, 3]) };
    expect(unpack(answer)).toEqual({ op: 'reply', id: 1, data });
  });

  it('are none for a client that offers none', async () => {
    const call = '{"type":"size","id":1,"data":[1]}';
    const { protocol, answer } = await exchange('/bytes', [], call);
    expect(protocol).toBe('');
    expect(JSON.parse(answer.toString())).toMatchObject({ op: 'reply', id: 1 });
  });

  it("may be the application's own", async () => {
    const call = '{"event":"echo","id":1,"data":"hi"}';
    for (const offers of [[], ['events'], ['chat.v2']]) {
      const { protocol, answer } = await exchange('/own', offers, call);
      expect(protocol).toBe(offers[0] ?? '');
      const envelope = { op: 'reply', id: 1, data: 'hi' };
      expect(JSON.parse(answer.toString())).toEqual({ envelope });
    }
  });

  it('are logged where none is spoken of those that a client asks for', async () => {
    const log = new Lines();
    const { app, url } = await serveApp({ providers: [Bytes, Own], nest: { logger: log } });
    const about = 'asked for subprotocols';
    for (const path of ['/bytes', '/own']) {
      for (const offers of [['graphql-ws', 'soap'], ['soap', 'wsgate.v1', 'events'], []]) {
        const socket = new WebSocket(url + path, offers);
        // A client that gets none of those it has asked for fails: with an error, and then a close.
        socket.on('error', () => undefined);
        socket.on('open', () => socket.close());
        await new Promise((resolve) => socket.on('close', resolve));
      }
    }
    await app.close();
    expect(log.about(about)).toEqual([
      'a client of /bytes asked for subprotocols, none of which is spoken there; there are ' +
        'wsgate.v1, wsgate.v1.msgpack Wsgate',
      'a client of /own asked for subprotocols, none of which is spoken there; there are ' +
        'chat.v2, events Wsgate',
    ]);
  });

  it.each<[string, () => unknown]>([
    ['an object', () => ({})],
    ['nothing', () => undefined],
    ['a promise', () => Promise.reject(new Error('late'))],
  ])('have codecs that are told when they encode to %s', (_what, encode) => {
    const codec = { decode: () => undefined, encode: encode as () => string };
    const { codec: checked } = new Subprotocols(codec, [], []).agree([]);
    expect(() => checked.encode({ op: 'pong' })).toThrow(
      /^codec\.encode gave .*; expected a string or a Uint8Array$/,
    );
  });

  it('have codecs whose promises of a message are refused, and end nothing', () => {
    const codec = { decode: () => Promise.reject(new Error('late')), encode: () => '' };
    const { codec: checked } = new Subprotocols(codec, [], []).agree([]);
    expect(() => checked.decode('{}', false)).toThrow('expected a message, at once');
  });

  it("are agreed on in the client's order", () => {
    const known = new Subprotocols(undefined, [jsonCodec], ['chat.v2']);
    expect(known.agree(['x', 'chat.v2', 'wsgate.v1']).protocol).toBe('chat.v2');
    expect(known.agree(['wsgate.v1', 'chat.v2']).protocol).toBe('wsgate.v1');
    expect(known.agree(['x']).protocol).toBeUndefined();
  });
});
