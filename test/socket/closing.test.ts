import { describe, expect, it } from 'vitest';
import { InvalidUse, WebSocket } from 'nestjs-wsgate/server';
import { closeBody } from '../vectors/wire.js';
import { clientFrame, FIN_CLOSE, rawPair, FIN_TEXT } from './support/raw-peer.js';
import { fence, next, type Pair, pair, serve } from './support/serve.js';

type End = 'near' | 'far';
const ends: [End, End][] = [
  ['near', 'far'],
  ['far', 'near'],
];

describe.each(ends)('close from the %s end', (own, other) => {
  it.each<[number | undefined, string, number]>([
    [undefined, '', 1005],
    [1000, '', 1000],
    [1000, 'done', 1000],
    [1001, 'grün 漢字', 1001],
    [1011, 'x'.repeat(123), 1011],
    [3000, '', 3000],
    [4999, 'ours', 4999],
  ])('with %s %j', async (code, reason, seen) => {
    const sockets: Pair = await pair();
    const closes = Promise.all([next(sockets[own], 'close'), next(sockets[other], 'close')]);
    sockets[own].close(code, reason);
    expect(sockets[own].readyState).toBe(WebSocket.CLOSING);
    expect(await closes).toEqual([
      [seen, reason],
      [seen, reason],
    ]);
    expect(sockets[own].wasClean).toBe(true);
    expect(sockets[other].wasClean).toBe(true);
    expect(sockets[own].readyState).toBe(WebSocket.CLOSED);
  });

  it('delivers what was sent before it, and drops what comes after', async () => {
    const sockets: Pair = await pair();
    const seen: unknown[] = [];
    sockets[other].on('message', (data) => seen.push(data));
    for (let at = 0; at < 10; at++) sockets[own].send(String(at));
    sockets[own].close();
    sockets[own].send('late');
    await next(sockets[other], 'close');
    expect(seen).toHaveLength(10);
  });

  it('still receives until the other end answers', async () => {
    const sockets: Pair = await pair();
    const seen: unknown[] = [];
    sockets[own].on('message', (data) => seen.push(data));
    sockets[other].send('on its way');
    sockets[own].close(1000);
    await next(sockets[own], 'close');
    expect(seen).toEqual(['on its way']);
  });
});

describe('close', () => {
  it.each<[string, number | undefined, string]>([
    ['1005', 1005, ''],
    ['1006', 1006, ''],
    ['1015', 1015, ''],
    ['999', 999, ''],
    ['5000', 5000, ''],
    ['1000.5', 1000.5, ''],
    ['a reason without a code', undefined, 'why'],
    ['a reason of 124 bytes', 1000, 'x'.repeat(124)],
  ])('refuses %s, and the socket stays open', async (_name, code, reason) => {
    const { near } = await pair();
    expect(() => near.close(code, reason)).toThrow(InvalidUse);
    expect(near.readyState).toBe(WebSocket.OPEN);
    await fence(near);
  });

  it('takes the reason as a Buffer', async () => {
    const { near, far } = await pair();
    near.close(1000, Buffer.from('grün'));
    expect(await next(far, 'close')).toEqual([1000, 'grün']);
  });

  it('twice, and from both ends at once, is one closing handshake', async () => {
    const { near, far } = await pair();
    const closes = Promise.all([next(near, 'close'), next(far, 'close')]);
    near.close(1000, 'near');
    near.close(1001, 'again');
    far.close(1000, 'far');
    expect(await closes).toEqual([
      [1000, 'far'],
      [1000, 'near'],
    ]);
  });

  it('in the "connection" listener', async () => {
    const { server, url } = await serve();
    server.on('connection', (socket) => socket.close(4000, 'not today'));
    const client = new WebSocket(url);
    expect(await next(client, 'close')).toEqual([4000, 'not today']);
  });

  it('on a socket that is closed does nothing, and leaves no timer', async () => {
    const { near, far } = await pair();
    near.terminate();
    await Promise.all([next(near, 'close'), next(far, 'close')]);
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    near.close();
    far.close(1000);
    near.terminate();
    expect(timers()).toBe(before);
  });
});

describe('a peer that does not play along', () => {
  it('never answers a Close: closeTimeout, then 1006', async () => {
    const { far, peer } = await rawPair({ closeTimeout: 50 });
    far.close(1000);
    expect((await peer.takeFrame()).firstByte).toBe(FIN_CLOSE);
    expect(await next(far, 'close')).toEqual([1006, '']);
    expect(far.wasClean).toBe(false);
    await peer.takeRest();
  }, 2_000);

  it('answers, and never ends TCP: the code it sent, after closeTimeout', async () => {
    const { far, peer } = await rawPair({ closeTimeout: 50 });
    far.close(1000);
    await peer.takeFrame();
    peer.socket.write(clientFrame(FIN_CLOSE, closeBody(1000, 'ok')));
    expect(await next(far, 'close')).toEqual([1000, 'ok']);
  }, 2_000);

  it('answers with more than a Close: what follows is dropped', async () => {
    const { far, peer } = await rawPair();
    let messages = 0;
    far.on('message', () => messages++);
    peer.socket.end(
      Buffer.concat([clientFrame(FIN_CLOSE, closeBody(1000)), clientFrame(FIN_TEXT, 'after')]),
    );
    expect(await next(far, 'close')).toEqual([1000, '']);
    expect(messages).toBe(0);
  });

  it('ends its half without a Close', async () => {
    const { far, peer } = await rawPair();
    peer.socket.end();
    expect(await next(far, 'close')).toEqual([1006, '']);
    expect(await peer.takeRest()).toHaveLength(0);
  });

  it('ends its half in the middle of a frame', async () => {
    const { far, peer } = await rawPair();
    peer.socket.end(clientFrame(FIN_TEXT, 'half').subarray(0, 5));
    expect(await next(far, 'close')).toEqual([1006, '']);
  });

  it('resets the connection', async () => {
    const { far, peer } = await rawPair();
    const errored = next(far, 'error');
    const closed = next(far, 'close');
    peer.socket.resetAndDestroy();
    expect((await errored)[0]).toMatchObject({ code: 'ECONNRESET' });
    expect(await closed).toEqual([1006, '']);
  });

  it('resets the connection while nobody listens for "error"', async () => {
    const { far, peer } = await rawPair();
    peer.socket.resetAndDestroy();
    expect(await next(far, 'close')).toEqual([1006, '']);
  });

  it('never reads: a Close behind unread output still ends by closeTimeout', async () => {
    const { far, peer } = await rawPair({ closeTimeout: 50 });
    peer.socket.pause();
    far.send(Buffer.alloc(2 ** 25));
    far.close(1000);
    expect(await next(far, 'close')).toEqual([1006, '']);
  }, 2_000);
});

describe('terminate', () => {
  it('is 1006 at both ends', async () => {
    const { near, far } = await pair();
    const closes = Promise.all([next(near, 'close'), next(far, 'close')]);
    near.terminate();
    expect(near.readyState).toBe(WebSocket.CLOSING);
    expect(await closes).toEqual([
      [1006, ''],
      [1006, ''],
    ]);
  });
});
