import { concat, NEVER, of, range, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { WsHandler } from '../../../lib/nest/decorators/ws-handler.decorator.js';
import { resolveWsOptions } from '../../../lib/nest/options/resolve-ws-options.js';
import type { StreamOptions } from '../../../lib/nest/options/stream-options.js';
import type { WsGatewayOptions } from '../../../lib/nest/options/ws-module-options.js';
import { handlerOf, type SessionServer, startSessions } from './session-server.js';
import type { Received, TestClient } from './test-client.js';

const KIB = 1024;

/** Items of 10 KiB each, told apart by their first letter. */
const item = (letter: string): string => letter.repeat(10 * KIB);
const items = (letters: string): readonly string[] => Array.from(letters, item);

interface Stage {
  readonly server: SessionServer;
  readonly client: TestClient;
  readonly source: Subject<unknown>;
}

/** A stream that has been opened without credit. */
async function open(stream: StreamOptions): Promise<Stage> {
  const source = new Subject<unknown>();
  const server = await startSessions([handlerOf('stream', () => source, { stream })]);
  const client = await server.connect();
  client.send({ type: 'stream', id: 1, credit: 0 });
  expect(await client.drain()).toEqual([]);
  return { server, client, source };
}

/** What came, in short: `a`, `3c` for a `c` before which three are missing, `complete 1`. */
function show({ op, data, dropped = '', error }: Received): string {
  if (op === 'next') return `${String(dropped)}${String(data).slice(0, 1)}`;
  const code = (error as { code: string } | undefined)?.code ?? String(op);
  return `${code} ${String(dropped)}`.trim();
}

async function read({ client }: Stage): Promise<string> {
  client.send({ op: 'credit', id: 1, n: 100 });
  return (await client.drain()).map(show).join(' ');
}

describe('values that wait for the client', () => {
  it.each<[StreamOptions, string, string]>([
    // 25 KiB are full with the third item.
    [{ overflow: 'buffer' }, 'abc', 'a b c complete'],
    [{ overflow: 'buffer' }, 'abcd', 'OVERFLOW 4'],
    [{ overflow: 'dropNewest' }, 'abcdef', 'a b c complete 3'],
    [{ overflow: 'dropOldest' }, 'abcdef', '3d e f complete'],
    [{ overflow: 'latest' }, 'abcdef', '5f complete'],
    [{ overflow: 'error' }, 'a', 'OVERFLOW 1'],
  ])('are bounded in bytes: %o, %s', async (stream, letters, received) => {
    const stage = await open({ ...stream, bufferBytes: 25 * KIB });
    for (const each of items(letters)) stage.source.next(each);
    stage.source.complete();
    expect(await read(stage)).toBe(received);
    expect(stage.server.server.heldBytes).toBe(0);
  });

  it('may be larger than the bytes, one of them', async () => {
    const stage = await open({ overflow: 'buffer', bufferBytes: 1 });
    stage.source.next(item('a'));
    stage.source.complete();
    expect(await read(stage)).toBe('a complete');
  });

  it('make room for a large one, as many as that takes', async () => {
    const stage = await open({ overflow: 'dropOldest', bufferBytes: 25 * KIB });
    for (const each of [item('a'), item('b'), 'c'.repeat(40 * KIB), 'd', 'e']) {
      stage.source.next(each);
    }
    stage.source.complete();
    expect(await read(stage)).toBe('3d e complete');
  });

  it.each(['buffer', 'dropOldest', 'dropNewest'] as const)(
    'count in what the connection holds until they are sent: %s',
    async (overflow) => {
      const stage = await open({ overflow, bufferBytes: 100 * KIB });
      const { heldBytes: before } = stage.server.server;
      for (const each of items('ab')) stage.source.next(each);
      const held = stage.server.server.heldBytes - before;
      expect(held).toBeGreaterThan(20 * KIB);
      expect(held).toBeLessThan(21 * KIB);
      expect(await read(stage)).toBe('a b');
      expect(stage.server.server.heldBytes).toBe(before);
    },
  );

  it('are let go of with a cancel', async () => {
    const { server, client, source } = await open({ overflow: 'buffer' });
    source.next(item('a'));
    client.send({ op: 'cancel', id: 1 });
    expect(await client.drain()).toEqual([]);
    expect(server.server.heldBytes).toBe(0);
  });

  it.each([
    ['buffer', 'a b complete', 'ab'],
    ['dropNewest', 'a b complete', 'ab'],
    ['dropOldest', 'a b complete', 'ab'],
    ['latest', '1b complete', 'b'],
  ] as const)('are encoded once: %s', async (overflow, received, encoded) => {
    const stage = await open({ overflow });
    const asked: string[] = [];
    const entity = (name: string): object => ({ toJSON: () => (asked.push(name), name) });
    for (const name of ['a', 'b']) stage.source.next(entity(name));
    stage.source.complete();
    expect(await read(stage)).toBe(received);
    expect(asked.join('')).toBe(encoded);
  });

  it('are sent as they were when they came', async () => {
    const stage = await open({ overflow: 'buffer' });
    const one = { value: 'a' };
    stage.source.next(one);
    one.value = 'b';
    stage.client.send({ op: 'credit', id: 1, n: 1 });
    expect(await stage.client.next()).toEqual({ op: 'next', id: 1, data: { value: 'a' } });
  });

  it('fail the stream in their turn when no message can be made of them', async () => {
    const stage = await open({ overflow: 'buffer' });
    for (const each of ['a', 1n, 'c']) stage.source.next(each);
    stage.client.send({ op: 'credit', id: 1, n: 1 });
    expect((await stage.client.drain()).map(show)).toEqual(['a']);
    expect(await read(stage)).toBe('INTERNAL');
    expect(stage.source.observed).toBe(false);
    expect(stage.server.server.heldBytes).toBe(0);
  });
});

describe('the items an error says are missing', () => {
  it('are those before the one no message can be made of', async () => {
    const stage = await open({ overflow: 'dropOldest', buffer: 1 });
    for (const each of ['a', 'b', 1n]) stage.source.next(each);
    expect(await read(stage)).toBe('INTERNAL 2');
  });

  it('are told before what a filter makes of a stream that failed', async () => {
    const again = concat(of('x'), NEVER);
    const server = await startSessions([
      handlerOf(
        'filtered',
        () =>
          concat(
            range(1, 5),
            throwError(() => new Error('no more')),
          ),
        {
          stream: { overflow: 'dropNewest', buffer: 2 },
          handleException: () => ({ reply: again }),
        },
      ),
    ]);
    const client = await server.connect();
    client.send({ type: 'filtered', id: 1, credit: 1 });
    expect((await client.drain()).map(show)).toEqual(['1']);
    client.send({ op: 'credit', id: 1, n: 10 });
    expect((await client.drain()).map(show)).toEqual(['2', '3', '2x']);
  });
});

describe('the limits of what waits', () => {
  it.each<[WsGatewayOptions, string]>([
    [{ stream: { bufferBytes: 0 } }, 'stream.bufferBytes: 0 given'],
    [{ stream: { buffer: -1 } }, 'stream.buffer: -1 given'],
    [{ maxCallBytes: 0 }, 'maxCallBytes: 0 given'],
  ])('are checked: %o', (options, message) => {
    expect(() => resolveWsOptions(options)).toThrow(message);
  });

  it('are checked where a handler has its own', () => {
    expect(() => WsHandler('stream', { stream: { bufferBytes: Number.NaN } })).toThrow(
      'stream.bufferBytes: NaN given',
    );
  });
});
