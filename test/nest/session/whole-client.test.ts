import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { WsException } from '../../../lib/nest/errors/ws-exception.js';
import { blocksOf } from '../../protocol/wsgate/protocol-document.js';
import { handlerOf, startSessions } from './session-server.js';

interface DocumentedCall {
  readonly outcome: Promise<unknown>;
  cancel(): void;
}

interface DocumentedClient {
  event(type: string, data?: unknown): Promise<void>;
  call(
    type: string,
    data?: unknown,
    next?: (item: unknown, dropped: number) => void,
  ): DocumentedCall;
  close(): void;
}

type Connect = (url: string, onPush: (type: string, data: unknown) => void) => DocumentedClient;

/** The client that PROTOCOL.md ends with, word for word. */
async function loadClient(): Promise<Connect> {
  const [source = ''] = blocksOf('js client');
  const module = (await import(
    /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(source)}`
  )) as { readonly connect: Connect };
  return module.connect;
}

async function* countTo(last: number): AsyncGenerator<number> {
  for (let n = 1; n <= last; n += 1) yield n;
}

describe('the client in PROTOCOL.md', () => {
  it('calls, streams, cancels, hears pushes and errors', async () => {
    // Node 20 has no WebSocket of its own.
    vi.stubGlobal('WebSocket', WebSocket);
    onTestFinished(() => void vi.unstubAllGlobals());
    const pushes: unknown[] = [];
    const server = await startSessions([
      handlerOf('echo', (data) => data),
      handlerOf('count', (last: number) => countTo(last)),
      handlerOf('fail', () => {
        throw new WsException('NO_SEAT', 'All seats are taken');
      }),
      handlerOf('tell', (data, connection) => connection.send('told', data)),
    ]);
    const connect = await loadClient();
    const client = connect(server.url, (type, data) => pushes.push([type, data]));

    expect(await client.call('echo', { a: 1 }).outcome).toEqual({ a: 1 });
    const items: unknown[] = [];
    await client.call('count', 100, (item) => items.push(item)).outcome;
    expect(items).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
    await expect(client.call('fail').outcome).rejects.toMatchObject({ code: 'NO_SEAT' });

    const endless = client.call('count', Infinity);
    endless.outcome.catch(() => undefined);
    await client.event('tell', 'you');
    await client.call('echo').outcome;
    endless.cancel();
    await client.call('echo').outcome;
    expect(pushes).toEqual([['told', 'you']]);
    expect(server.session.streamsInFlight).toBe(0);

    const cut = client.call('count', 1, () => client.close());
    await expect(cut.outcome).resolves.toBeUndefined();
    const closed = client.call('echo').outcome;
    await expect(closed).rejects.toThrow('closed with 1000');
  });
});
