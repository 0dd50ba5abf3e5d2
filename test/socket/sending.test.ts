import { describe, expect, it } from 'vitest';
import { InvalidUse, WebSocket, type WebSocketData } from 'nestjs-wsgate/server';
import { until } from '../support/until.js';
import { FIN_BINARY, FIN_PONG, rawPair, FIN_TEXT } from './support/raw-peer.js';
import { fence, next, pair, serve } from './support/serve.js';

/** The server's end of a connection whose other end shows the frames as they are. */
function messagesOf(socket: WebSocket): unknown[] {
  const messages: unknown[] = [];
  socket.on('message', (data, isBinary) => messages.push([data, isBinary]));
  return messages;
}

const bytes = Buffer.from([0, 1, 254, 255]);
const embedded = Buffer.from([9, 9, 0, 1, 254, 255, 9]);

describe('shapes of data', () => {
  it.each<[string, () => WebSocketData]>([
    ['Buffer', () => bytes],
    ['ArrayBuffer', () => new Uint8Array(bytes).buffer],
    ['Uint8Array in the middle of a buffer', () => new Uint8Array(embedded).subarray(2, 6)],
    ['Uint16Array', () => new Uint16Array(new Uint8Array(bytes).buffer)],
    ['DataView', () => new DataView(new Uint8Array(embedded).buffer, 2, 4)],
  ])('%s is sent as binary', async (_name, make) => {
    const { near, far } = await pair();
    far.send(make());
    expect(await next(near, 'message')).toEqual([bytes, true]);
    near.send(make());
    expect(await next(far, 'message')).toEqual([bytes, true]);
  });

  it.each(['', 'plain', 'grün 漢字 🙂', 'x'.repeat(70_000)])('text', async (text) => {
    const { near, far } = await pair();
    far.send(text);
    expect(await next(near, 'message')).toEqual([text, false]);
    near.send(text);
    expect(await next(far, 'message')).toEqual([text, false]);
  });

  it('binary: true sends text as bytes, false sends bytes as text', async () => {
    const { near, far } = await pair();
    const messages = messagesOf(near);
    far.send('grün', { binary: true });
    far.send(Buffer.from('grün'), { binary: false });
    far.send(Buffer.alloc(0));
    far.send('', { binary: true });
    await fence(near);
    expect(messages).toEqual([
      [Buffer.from('grün'), true],
      ['grün', false],
      [Buffer.alloc(0), true],
      [Buffer.alloc(0), true],
    ]);
  });

  it('a message of 1 MiB, the most there is by default', async () => {
    const { near, far } = await pair({}, { maxPayload: 2 ** 20 });
    const large = Buffer.alloc(2 ** 20, 'ab');
    near.send(large);
    const [there] = await next(far, 'message');
    expect(large.equals(there as Buffer)).toBe(true);
    far.send(large);
    const [back] = await next(near, 'message');
    expect(large.equals(back as Buffer)).toBe(true);
  });
});

describe('fragments', () => {
  it('fin: false leaves a message open, and control frames may come between', async () => {
    const { far, peer } = await rawPair();
    far.send('a', { fin: false });
    far.ping('p');
    far.send('b', { fin: false });
    far.send('c', { fin: true });
    const frames = [await peer.takeFrame(), await peer.takeFrame()];
    frames.push(await peer.takeFrame(), await peer.takeFrame());
    expect(frames.map(({ firstByte, payload }) => [firstByte, payload.toString()])).toEqual([
      [0x01, 'a'],
      [0x89, 'p'],
      [0x00, 'b'],
      [0x80, 'c'],
    ]);
  });

  it.each([false, true])('arrive as one message, compressed: %s', async (compressed) => {
    const { near, far } = await pair({ perMessageDeflate: compressed && { threshold: 0 } });
    const part = 'teil '.repeat(300);
    near.send(part, { fin: false });
    near.send(part, { fin: false });
    near.send('ende', { fin: true });
    expect(await next(far, 'message')).toEqual([`${part}${part}ende`, false]);
    expect(far.extensions !== '').toBe(compressed);
  });
});

describe('compress: false', () => {
  it('sends one message as it is', async () => {
    const { server, url } = await serve({ perMessageDeflate: { threshold: 0 } });
    const client = new WebSocket(url);
    const [[far]] = await Promise.all([next(server, 'connection'), next(client, 'open')]);
    const text = 'aaaa'.repeat(1000);
    client.send(text, { compress: false });
    client.send(text, { compress: true });
    const messages = messagesOf(far as WebSocket);
    await fence(client);
    expect(messages).toEqual([
      [text, false],
      [text, false],
    ]);
    client.terminate();
  });
});

describe('ping and pong', () => {
  it('carry up to 125 bytes, and are answered with the same', async () => {
    const { near, far } = await pair();
    const payload = Buffer.alloc(125, 7);
    const pinged = next(far, 'ping');
    near.ping(payload);
    expect(await next(near, 'pong')).toEqual([payload]);
    expect(await pinged).toEqual([payload]);
  });

  it('take text, nothing, or only a callback', async () => {
    const { near } = await pair();
    near.ping('grün');
    expect(await next(near, 'pong')).toEqual([Buffer.from('grün')]);
    near.ping();
    expect(await next(near, 'pong')).toEqual([Buffer.alloc(0)]);
    await new Promise<void>((resolve) => near.ping(() => resolve()));
    await new Promise<void>((resolve) => near.pong(() => resolve()));
    await new Promise<void>((resolve) => near.ping('x', () => resolve()));
  });

  it('a pong may be sent unasked', async () => {
    const { near, far } = await pair();
    far.pong('unasked');
    expect(await next(near, 'pong')).toEqual([Buffer.from('unasked')]);
  });

  it('of 126 bytes throw, and the callback is not called for another write', async () => {
    const { near } = await pair();
    let calls = 0;
    for (const method of ['ping', 'pong'] as const) {
      expect(() => near[method](Buffer.alloc(126), () => calls++)).toThrow(InvalidUse);
    }
    await fence(near);
    expect(calls).toBe(0);
  });

  it('autoPong: false leaves the answer to the application', async () => {
    const { near, far } = await pair({ autoPong: false });
    let pongs = 0;
    near.on('pong', () => pongs++);
    near.ping('one');
    near.send('behind');
    expect(await next(far, 'message')).toEqual(['behind', false]);
    far.send('fence');
    await next(near, 'message');
    expect(pongs).toBe(0);
    far.on('ping', (data) => far.pong(data));
    near.ping('two');
    expect(await next(near, 'pong')).toEqual([Buffer.from('two')]);
  });
});

describe('callbacks', () => {
  it('are called in order, without an error', async () => {
    const { near, far } = await pair();
    const calls: unknown[] = [];
    await new Promise<void>((resolve) => {
      far.send('1', (error) => calls.push(1, error ?? 'sent'));
      far.ping('', (error) => calls.push(2, error ?? 'sent'));
      far.send('2', {}, (error) => calls.push(3, error ?? 'sent'));
      far.send(Buffer.alloc(100_000), (error) => {
        calls.push(4, error ?? 'sent');
        resolve();
      });
    });
    expect(calls).toEqual([1, 'sent', 2, 'sent', 3, 'sent', 4, 'sent']);
    await fence(near);
  });

  it('are told when the socket is closing or closed', async () => {
    const { near, far } = await pair();
    far.close();
    const told = await Promise.all([
      new Promise((resolve) => far.send('x', resolve)),
      new Promise((resolve) => far.ping('x', resolve)),
      new Promise((resolve) => far.pong('x', resolve)),
    ]);
    for (const error of told) expect(error).toBeInstanceOf(Error);
    await next(near, 'close');
    expect(await new Promise((resolve) => near.send('x', resolve))).toBeInstanceOf(Error);
    near.send('nobody is told');
  });

  it('are told when what they wait for is lost', async () => {
    const { near, far } = await pair();
    near.pause();
    const told = new Promise((resolve) => far.send(Buffer.alloc(2 ** 26), resolve));
    const told2 = new Promise((resolve) => far.send('behind', resolve));
    await new Promise((resolve) => process.nextTick(resolve));
    near.terminate();
    expect(await told).toBeInstanceOf(Error);
    expect(await told2).toBeInstanceOf(Error);
  });
});

describe('backpressure', () => {
  it('shows in bufferedAmount, and its end in "drain"', async () => {
    const { near, far } = await pair({}, { maxPayload: 0 });
    expect(far.bufferedAmount).toBe(0);
    near.pause();
    const size = 2 ** 24;
    for (let at = 0; at < 4; at++) far.send(Buffer.alloc(size));
    await new Promise((resolve) => process.nextTick(resolve));
    expect(far.bufferedAmount).toBeGreaterThan(2 * size);
    let messages = 0;
    near.on('message', () => messages++);
    const drained = next(far, 'drain');
    near.resume();
    await drained;
    expect(far.bufferedAmount).toBe(0);
    await fence(near);
    expect(messages).toBe(4);
  });

  it.each([true, false])(
    'ends in "drain" where one write was enough, fast lane: %s',
    async (fastLane) => {
      const { near, far } = await pair({ fastLane });
      far.on('drain', () => far.resume());
      far.on('message', (data) => {
        far.send(data);
        if (far.bufferedAmount > 0) far.pause();
      });
      near.send('echo');
      expect(await next(near, 'message')).toEqual(['echo', false]);
      near.send('again');
      expect(await next(near, 'message')).toEqual(['again', false]);
    },
  );

  it('counts what was sent in this tick', async () => {
    const { far } = await pair();
    far.send('12345');
    expect(far.bufferedAmount).toBe(7);
  });

  it('keeps order and content across waits', async () => {
    const { near, far } = await pair({}, { maxPayload: 0 });
    const seen: number[] = [];
    near.on('message', (data) => seen.push((data as Buffer).readUInt32BE(0)));
    near.pause();
    for (let at = 0; at < 400; at++) {
      const data = Buffer.alloc(at % 3 === 0 ? 100_000 : 40);
      data.writeUInt32BE(at);
      far.send(data);
    }
    await new Promise((resolve) => process.nextTick(resolve));
    near.resume();
    await fence(near);
    expect(seen).toEqual(Array.from({ length: 400 }, (_, at) => at));
  });
});

describe('writes', () => {
  it('hold all that is sent in one tick', async () => {
    const { far, peer } = await rawPair();
    const chunks: number[] = [];
    peer.socket.on('data', (chunk) => chunks.push(chunk.length));
    for (let at = 0; at < 32; at++) far.send('x'.repeat(10));
    for (let at = 0; at < 32; at++) expect((await peer.takeFrame()).firstByte).toBe(FIN_TEXT);
    expect(chunks).toEqual([32 * 12]);
  });

  it('of a server are not masked, of a client are', async () => {
    const { far, peer } = await rawPair();
    far.send(bytes);
    expect(await peer.takeFrame()).toEqual({
      firstByte: FIN_BINARY,
      isMasked: false,
      payload: bytes,
    });
    far.pong('p');
    expect(await peer.takeFrame()).toMatchObject({ firstByte: FIN_PONG, isMasked: false });
  });
});

describe('bufferedAmount of one large message', () => {
  it('shrinks as its bytes leave', async () => {
    const { far, peer } = await rawPair();
    peer.socket.pause();
    far.send(Buffer.alloc(2 ** 24));
    const atFirst = far.bufferedAmount;
    peer.socket.resume();
    await until(() => far.bufferedAmount < atFirst);
    expect(far.bufferedAmount).toBeGreaterThan(0);
  });
});
