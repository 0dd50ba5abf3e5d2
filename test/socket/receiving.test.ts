import { describe, expect, it } from 'vitest';
import { type ProtocolViolation, WebSocket } from 'nestjs-wsgate/server';
import { closeBody } from '../vectors/wire.js';
import { clientFrame, FIN_CLOSE, FIN_PING, rawPair, FIN_TEXT } from './support/raw-peer.js';
import { dial, fence, next, pair, serve } from './support/serve.js';
import { TurnCounter } from './support/turns.js';
import { nextUncaught } from './support/uncaught.js';

const FIN = 0x80;
const CONTINUATION = 0;

describe('messages', () => {
  it('of text are strings, of bytes Buffers that later messages leave alone', async () => {
    const { near, far } = await pair();
    const kept: (string | Buffer)[] = [];
    far.on('message', (data) => kept.push(data));
    for (let at = 0; at < 50; at++) {
      near.send(Buffer.alloc(10, at));
      near.send(`text ${at}`);
    }
    await fence(near);
    expect(kept).toHaveLength(100);
    for (let at = 0; at < 50; at++) {
      expect(kept[at * 2]).toEqual(Buffer.alloc(10, at));
      expect(kept[at * 2 + 1]).toBe(`text ${at}`);
    }
  });

  it('with an empty payload are messages', async () => {
    const { near, far } = await pair();
    near.send('');
    expect(await next(far, 'message')).toEqual(['', false]);
  });
});

describe('pause', () => {
  it('in the middle of a chunk delivers nothing more until resume', async () => {
    const { far, peer, url } = await rawPair();
    const seen: unknown[] = [];
    far.on('message', (data) => {
      seen.push(data);
      if (data === '1') far.pause();
    });
    far.on('ping', () => seen.push('ping'));
    const first = next(far, 'message');
    peer.socket.write(
      Buffer.concat([
        clientFrame(FIN_TEXT, '1'),
        clientFrame(FIN_TEXT, '2'),
        clientFrame(FIN_PING),
        clientFrame(FIN_TEXT, '3'),
      ]),
    );
    await first;
    expect(far.isPaused).toBe(true);
    // A whole conversation elsewhere passes, and nothing comes.
    const other = dial(url);
    await next(other, 'open');
    await fence(other);
    expect(seen).toEqual(['1']);
    const last = new Promise<void>((resolve) => {
      far.on('message', (data) => data === '3' && resolve());
    });
    far.resume();
    expect(far.isPaused).toBe(false);
    expect(seen).toEqual(['1']);
    await last;
    expect(seen).toEqual(['1', '2', 'ping', '3']);
  });

  it('one message at a time: each handler pauses and resumes', async () => {
    const { near, far } = await pair();
    const seen: unknown[] = [];
    let isBusy = false;
    const done = new Promise<void>((resolve) => {
      far.on('message', (data) => {
        expect(isBusy).toBe(false);
        isBusy = true;
        far.pause();
        setImmediate(() => {
          isBusy = false;
          seen.push(data);
          far.resume();
          if (seen.length === 100) resolve();
        });
      });
    });
    for (let at = 0; at < 100; at++) near.send(String(at));
    await done;
    expect(seen).toEqual(Array.from({ length: 100 }, (_, at) => String(at)));
  });

  it('stops the peer: what it sends stays with it', async () => {
    const { near, far } = await pair({ maxPayload: 0 });
    far.pause();
    near.send(Buffer.alloc(2 ** 25));
    await new Promise((resolve) => process.nextTick(resolve));
    expect(near.bufferedAmount).toBeGreaterThan(2 ** 24);
    const received = next(far, 'message');
    far.resume();
    const [data] = await received;
    expect(data).toHaveLength(2 ** 25);
  });

  it('delays a Close, and what came before it is not lost', async () => {
    const { far, peer } = await rawPair();
    const seen: unknown[] = [];
    far.on('message', (data) => {
      seen.push(data);
      if (data === '1') far.pause();
    });
    far.on('close', (code, reason) => seen.push(code, reason));
    const first = next(far, 'message');
    peer.socket.end(
      Buffer.concat([
        clientFrame(FIN_TEXT, '1'),
        clientFrame(FIN_TEXT, '2'),
        clientFrame(FIN_CLOSE, closeBody(1000, 'bye')),
      ]),
    );
    await first;
    expect(far.readyState).toBe(WebSocket.OPEN);
    const closed = next(far, 'close');
    far.resume();
    await closed;
    expect(seen).toEqual(['1', '2', 1000, 'bye']);
  });

  it('before "open" holds', async () => {
    const { server, url } = await serve();
    server.on('connection', (socket) => {
      socket.send('welcome');
      socket.on('message', (data) => socket.send(data));
    });
    const client = dial(url);
    client.pause();
    const seen: unknown[] = [];
    client.on('message', (data) => seen.push(data));
    await next(client, 'open');
    expect(client.isPaused).toBe(true);
    const other = dial(url);
    await next(other, 'open');
    await fence(other);
    expect(seen).toEqual([]);
    const received = next(client, 'message');
    client.resume();
    expect(await received).toEqual(['welcome', false]);
  });

  it('resume without pause, and twice, does nothing', async () => {
    const { near, far } = await pair();
    far.resume();
    far.pause();
    far.resume();
    far.resume();
    near.send('x');
    expect(await next(far, 'message')).toEqual(['x', false]);
  });
});

describe('a flood', () => {
  it.each([
    ['small messages', '1', 20_000],
    ['large ones', 'x'.repeat(20_000), 60],
  ])('of %s lets others have their turn in between', async (_name, text, count) => {
    const { far, peer } = await rawPair();
    let seen = 0;
    const turns = new Set<number>();
    const clock = new TurnCounter();
    const all = new Promise<void>((resolve) => {
      far.on('message', () => {
        turns.add(clock.turn);
        if (++seen === count) resolve();
      });
    });
    far.pause();
    peer.socket.write(
      Buffer.concat(Array.from({ length: count }, () => clientFrame(FIN_TEXT, text))),
    );
    far.resume();
    await all;
    clock.stop();
    expect(turns.size).toBeGreaterThan(3);
  });

  it('of empty fragments lets others have their turn in between', async () => {
    const { far, peer } = await rawPair({ maxFragments: 0, maxBufferedChunks: 0 });
    far.pause();
    const empty = clientFrame(CONTINUATION);
    peer.socket.write(clientFrame(FIN_TEXT & ~FIN));
    peer.socket.write(Buffer.concat(Array.from({ length: 500_000 }, () => empty)));
    peer.socket.write(clientFrame(FIN | CONTINUATION));
    const clock = new TurnCounter();
    const whole = next(far, 'message');
    far.resume();
    await whole;
    clock.stop();
    expect(clock.turn).toBeGreaterThan(5);
  });
});

describe('terminate in a handler', () => {
  it('ends the socket with 1006', async () => {
    const { near, far } = await pair();
    far.on('message', () => far.terminate());
    near.send('x');
    expect(await next(near, 'close')).toEqual([1006, '']);
  });
});

describe('a handler that throws', () => {
  it('leaves the connection as it was', async () => {
    const { near, far } = await pair();
    const thrown = nextUncaught();
    far.once('message', () => {
      throw new Error('of the application');
    });
    near.send('1');
    expect((await thrown).message).toBe('of the application');
    near.send('2');
    expect(await next(far, 'message')).toEqual(['2', false]);
  });

  it('is handed what came in the same chunk, in the next turn', async () => {
    const { near, far } = await pair();
    const thrown = nextUncaught();
    const second = new Promise((resolve) => {
      far.once('message', () => {
        // Listened for here: after `thrown` would be late, since nothing says which of the two comes first.
        far.once('message', (...message) => resolve(message));
        throw new Error('of the application');
      });
    });
    near.send('1');
    near.send('2');
    await thrown;
    expect(await second).toEqual(['2', false]);
  });

  it('keeps no connection open that broke the protocol', async () => {
    const { far, peer } = await rawPair();
    const thrown = nextUncaught();
    far.once('error', () => {
      throw new Error('of the application');
    });
    peer.socket.write(Buffer.from([FIN_TEXT, 1, 0x61]));
    await thrown;
    const [firstByte, , ...code] = await peer.takeRest();
    expect([firstByte, Buffer.from(code).readUInt16BE()]).toEqual([FIN_CLOSE, 1002]);
  });
});

describe('breaches of the protocol', () => {
  it.each<[string, Buffer, number, string]>([
    ['an unmasked frame', Buffer.from([FIN_TEXT, 1, 0x61]), 1002, 'mask-missing'],
    ['text that is not UTF-8', clientFrame(FIN_TEXT, Buffer.from([0xff])), 1007, 'text-not-utf8'],
    ['a reserved opcode', clientFrame(0x83), 1002, 'reserved-opcode'],
    ['a Close with code 1005', clientFrame(FIN_CLOSE, closeBody(1005)), 1002, 'close-code-invalid'],
  ])('%s: a Close frame, "error" and "close" with 1006', async (_name, frame, code, rule) => {
    const { far, peer } = await rawPair();
    const errored = next(far, 'error');
    const closed = next(far, 'close');
    peer.socket.write(frame);
    expect(((await errored)[0] as ProtocolViolation).rule).toBe(rule);
    const close = await peer.takeFrame();
    expect(close.firstByte).toBe(FIN_CLOSE);
    expect(close.payload.readUInt16BE(0)).toBe(code);
    peer.socket.end();
    expect(await closed).toEqual([1006, '']);
    expect(far.wasClean).toBe(false);
  });

  it('without an "error" listener do not end the process', async () => {
    const { far, peer } = await rawPair();
    const closed = next(far, 'close');
    peer.socket.end(clientFrame(0x83));
    expect(await closed).toEqual([1006, '']);
  });
});
