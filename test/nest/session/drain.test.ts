import { once } from 'node:events';
import { NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { deferred } from '../../support/deferred.js';
import { handlerOf, startSessions } from './session-server.js';

const QUICK = { timeout: 5_000, grace: 10, closeTimeout: 1_000 };

describe('draining', () => {
  it('says goaway and closes with 1001 at once where nothing is in flight', async () => {
    const server = await startSessions([]);
    const client = await server.connect();
    const closed = client.closed();
    await server.server.drain({ ...QUICK, grace: 5_000, reason: 'deploy' });
    expect(await client.next()).toEqual({ op: 'goaway', afterMs: 5_000, reason: 'deploy' });
    expect(await closed).toBe(1001);
    expect(server.server.connections.size).toBe(0);
    expect(server.server.isDraining).toBe(true);
  });

  it('gives its reason as the reason of the close, too', async () => {
    const server = await startSessions([]);
    const client = await server.connect();
    const closed = once(client.socket, 'close');
    await server.server.drain({ ...QUICK, reason: 'deploy' });
    const [code, reason] = (await closed) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([1001, 'deploy']);
  });

  it.each<[object, string]>([
    [{ timeout: Infinity }, 'drain: timeout: Infinity given; expected milliseconds'],
    [{ timeout: 2 ** 31 }, 'drain: timeout: 2147483648 given'],
    [{ grace: -1 }, 'drain: grace: -1 given'],
    [{ closeTimeout: '5s' }, 'drain: closeTimeout: "5s" given'],
    [{ reason: 'é'.repeat(62) }, 'expected a text of at most 123 bytes'],
    [{ timeOut: 1 }, 'drain: unknown option "timeOut"; did you mean "timeout"?'],
  ])('refuses %o, and goes on', async (options, message) => {
    const server = await startSessions([handlerOf('echo', (data) => data)]);
    const client = await server.connect();
    await expect(server.server.drain(options)).rejects.toThrow(message);
    expect(server.server.isDraining).toBe(false);
    client.send({ type: 'echo', id: 1, data: 'still here' });
    expect(await client.next()).toEqual({ op: 'reply', id: 1, data: 'still here' });
  });

  it('waits for calls, and answers those that crossed goaway', async () => {
    const gate = deferred<string>();
    const server = await startSessions([
      handlerOf('wait', () => gate.promise),
      handlerOf('echo', (data) => data),
    ]);
    const client = await server.connect();
    client.send({ type: 'wait', id: 1 });
    await client.drain();
    const closed = client.closed();
    const drained = server.server.drain({ ...QUICK, grace: 5_000 });
    expect(await client.next()).toEqual({ op: 'goaway', afterMs: 5_000 });
    client.send({ type: 'echo', id: 2 });
    expect(await client.next()).toEqual({ op: 'reply', id: 2 });
    gate.resolve('in time');
    expect(await client.next()).toEqual({ op: 'reply', id: 1, data: 'in time' });
    expect(await closed).toBe(1001);
    await drained;
  });

  it('answers every call it has read, while a busy client goes on sending', async () => {
    let started = 0;
    let onStart = deferred();
    const fenced = deferred();
    const server = await startSessions([
      // Ends when the next one has begun, so that there is always one in flight; or when none is read.
      handlerOf('work', async () => {
        started += 1;
        onStart.resolve();
        onStart = deferred();
        await Promise.race([onStart.promise, fenced.promise]);
        return 'done';
      }),
    ]);
    const client = await server.connect();
    // What is sent after the pong that answers it is not read.
    client.socket.once('ping', () => fenced.resolve());
    let id = 0;
    const sendOne = (): void => client.send({ type: 'work', id: (id += 1) });
    client.socket.on('message', () => {
      if (client.socket.readyState === 1) sendOne();
    });
    for (let n = 0; n < 2; n += 1) sendOne();
    await client.take(50);
    const closed = client.closed();
    await server.server.drain(QUICK);
    expect(await closed).toBe(1001);
    let replies = 50;
    for (;;) {
      const message = await client.next().catch(() => undefined);
      if (message === undefined) break;
      if (message['op'] === 'reply') replies += 1;
    }
    expect(replies).toBe(started);
  });

  it('gives streams the grace period and no more', async () => {
    const gate = deferred();
    const server = await startSessions([
      handlerOf('short', async function* () {
        await gate.promise;
        yield 'last';
      }),
      handlerOf('endless', () => NEVER),
    ]);
    const [short, endless] = [await server.connect(), await server.connect()];
    short.send({ type: 'short', id: 1 });
    endless.send({ type: 'endless', id: 1 });
    await Promise.all([short.drain(), endless.drain()]);
    const closes = Promise.all([short.closed(), endless.closed()]);
    const drained = server.server.drain({ ...QUICK, grace: 100 });
    await short.next();
    gate.resolve();
    expect((await short.take(2)).map(({ op }) => op)).toEqual(['next', 'complete']);
    expect(await closes).toEqual([1001, 1001]);
    await drained;
    expect(server.sessions.map(({ streamsInFlight }) => streamsInFlight)).toEqual([0, 0]);
  });

  it('does not wait longer than the timeout, nor for a client that is gone', async () => {
    const server = await startSessions([handlerOf('never', () => new Promise(() => undefined))]);
    const [stays, goes] = [await server.connect(), await server.connect()];
    stays.send({ type: 'never', id: 1 });
    goes.send({ type: 'never', id: 1 });
    await Promise.all([stays.drain(), goes.drain()]);
    const closed = stays.closed();
    const drained = server.server.drain({ timeout: 50, grace: 5, closeTimeout: 1_000 });
    goes.socket.terminate();
    expect(await closed).toBe(1001);
    await drained;
  });

  it('cuts off who does not answer the Close', async () => {
    const server = await startSessions([], { socket: { closeTimeout: 0 } });
    const client = await server.connect();
    client.stopReading();
    await server.server.drain({ timeout: 10, grace: 5, closeTimeout: 20 });
    await server.live.registry.whenEmpty();
    expect(server.closes).toHaveLength(1);
  });

  it('answers what waits for the open hooks', async () => {
    const opened = deferred();
    const server = await startSessions([handlerOf('echo', (data) => data)], {
      onOpen: () => opened.promise,
    });
    const client = await server.connect();
    client.send({ type: 'echo', id: 1, data: 'a' }, { type: 'echo', id: 2, data: 'b' });
    client.socket.ping();
    await once(client.socket, 'pong');
    const closed = client.closed();
    const drained = server.server.drain(QUICK);
    expect(await client.next()).toEqual({ op: 'goaway', afterMs: 5_000 });
    // The client has answered what follows goaway when it sees the answer to its own ping.
    client.socket.ping();
    await once(client.socket, 'pong');
    opened.resolve();
    expect((await client.take(2)).map(({ data }) => data)).toEqual(['a', 'b']);
    expect(await closed).toBe(1001);
    await drained;
  });

  it('does not wait for open hooks that nothing waits for', async () => {
    const server = await startSessions([], { onOpen: () => new Promise(() => undefined) });
    const client = await server.connect();
    const closed = client.closed();
    await server.server.drain({ ...QUICK, timeout: 60_000, grace: 60_000 });
    expect(await closed).toBe(1001);
  });

  it('takes no other pong for the answer', async () => {
    const server = await startSessions([handlerOf('echo', (data) => data)]);
    const client = await server.connect(undefined, { autoPong: false });
    const asked = once(client.socket, 'ping') as Promise<[Buffer]>;
    const closed = client.closed();
    const drained = server.server.drain({ ...QUICK, timeout: 60_000, grace: 60_000 });
    const [question] = await asked;
    client.socket.pong(Buffer.alloc(question.length));
    expect(await client.drain()).toHaveLength(1);
    client.send({ type: 'echo', id: 1 });
    expect(await client.next()).toEqual({ op: 'reply', id: 1 });
    client.socket.pong(question);
    expect(await closed).toBe(1001);
    await drained;
  });

  it('twice at once is as quick as once', async () => {
    const server = await startSessions([]);
    const client = await server.connect();
    const closed = client.closed();
    const slow = { ...QUICK, timeout: 60_000, grace: 60_000 };
    await Promise.all([server.server.drain(slow), server.server.drain(slow)]);
    expect(await closed).toBe(1001);
  });

  it('twice takes no longer than the shorter of the two', async () => {
    const server = await startSessions([handlerOf('never', () => new Promise(() => undefined))]);
    const client = await server.connect();
    client.send({ type: 'never', id: 1 });
    await client.drain();
    const long = server.server.drain({ ...QUICK, timeout: 60_000, grace: 60_000 });
    await server.server.drain({ ...QUICK, timeout: 20 });
    await long;
    expect(server.closes).toHaveLength(1);
  });

  it('may be asked for twice, and with nobody there', async () => {
    const server = await startSessions([]);
    await server.server.drain(QUICK);
    await Promise.all([server.server.drain(QUICK), server.server.drain(QUICK)]);
  });
});
