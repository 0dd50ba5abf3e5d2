import { AsyncLocalStorage } from 'node:async_hooks';
import { WebSocket } from 'nestjs-wsgate/server';
import { expect, it } from 'vitest';
import { dial, fence, next, pair, serve } from '../socket/support/serve.js';

const storage = new AsyncLocalStorage<string>();

/** The store that a listener sees when the next such event comes. */
function storeIn(socket: WebSocket, event: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    socket.once(event as 'drain', () => resolve(storage.getStore()));
  });
}

/** A connection, and another end on the same server that does things to it. */
async function start() {
  const { server, url } = await serve();
  const near = dial(url, [], { perMessageDeflate: false });
  const [[far]] = (await Promise.all([next(server, 'connection'), next(near, 'open')])) as [
    [WebSocket],
    unknown,
  ];
  const act = async (run: () => void): Promise<void> => {
    const arrived = next(server, 'connection');
    const peer = dial(url);
    const [[other]] = (await Promise.all([arrived, next(peer, 'open')])) as [[WebSocket], unknown];
    const acted = next(other, 'message');
    other.once('message', () => storage.run('theirs', run));
    peer.send('act');
    await acted;
  };
  return { server, near, far, act };
}

it.each([
  ['close', (socket: WebSocket) => socket.close()],
  ['close', (socket: WebSocket) => socket.terminate()],
  ['drain', (socket: WebSocket) => socket.send('pushed')],
  ['drain', (socket: WebSocket) => socket.send('x'.repeat(16 * 1024 * 1024))],
])(
  '%s does not see the store of another connection that caused it with %s',
  async (event, cause) => {
    const { far, act } = await start();
    const store = storeIn(far, event);
    await act(() => cause(far));
    expect(await store).toBeUndefined();
  },
);

it('drain does not see the store of who broadcast', async () => {
  const { server, far, act } = await start();
  const store = storeIn(far, 'drain');
  await act(() => server.broadcast('news'));
  expect(await store).toBeUndefined();
});

it('message does not see the store of who resumed the connection', async () => {
  const { near, far, act } = await start();
  const first = next(far, 'message');
  far.once('message', () => far.pause());
  near.send('first');
  near.send('second');
  await first;
  const store = storeIn(far, 'message');
  await act(() => far.resume());
  expect(await store).toBeUndefined();
});

it('the callbacks of a send see the store of their sender, though one write takes them all', async () => {
  const { near, far } = await start();
  const seen: unknown[] = [];
  const done = new Promise<void>((resolve) => {
    for (const name of ['first', 'second', 'third']) {
      storage.run(name, () =>
        far.send(name, () => {
          seen.push([name, storage.getStore()]);
          if (seen.length === 3) resolve();
        }),
      );
    }
  });
  await done;
  expect(seen).toEqual(['first', 'second', 'third'].map((name) => [name, name]));
  await fence(near);
});

it('the events of a client see the store in which it was made', async () => {
  const { url } = await pair();
  const client = storage.run('mine', () => dial(url));
  const stores = Promise.all(['open', 'drain', 'close'].map((event) => storeIn(client, event)));
  await next(client, 'open');
  storage.run('theirs', () => client.send('hello'));
  await next(client, 'drain');
  storage.run('theirs', () => client.terminate());
  expect(await stores).toEqual(['mine', 'mine', 'mine']);
});
