import { describe, expect, it } from 'vitest';
import type { WsConnection } from '../../../lib/nest/connection/ws-connection.js';
import type { WsCodec } from '../../../lib/protocol/wsgate/codec.js';
import { jsonCodec } from '../../../lib/protocol/wsgate/json-codec.js';
import type { SessionServer } from './session-server.js';
import { startSessions } from './session-server.js';
import type { TestClient } from './test-client.js';

/** Three clients; the first two are in the lobby, the last two in the attic. */
async function startRooms(options: { codec?: WsCodec; deflate?: boolean } = {}): Promise<{
  readonly server: SessionServer;
  readonly clients: readonly [TestClient, TestClient, TestClient];
}> {
  const server = await startSessions([], {
    ...(options.codec === undefined ? {} : { codec: options.codec }),
    socket: { perMessageDeflate: options.deflate ?? false },
  });
  const clients = [await server.connect(), await server.connect(), await server.connect()] as const;
  const [first, second, third] = server.sessions.map(({ connection }) => connection);
  first?.join('lobby');
  second?.join('lobby');
  second?.join('attic');
  third?.join('attic');
  return { server, clients };
}

type Send = (server: SessionServer) => void;

const conn = (server: SessionServer, n: number) => {
  const session = server.sessions[n];
  if (session === undefined) throw new Error(`no session ${n}`);
  return session.connection;
};

/** What is sent, and which of the clients get it. */
const AUDIENCES: readonly (readonly [string, Send, readonly number[]])[] = [
  ['a broadcast', ({ server }) => server.broadcast('x', 1), [0, 1, 2]],
  ['a room', ({ server }) => server.to('lobby').send('x', 1), [0, 1]],
  ['two rooms, each once', ({ server }) => server.to('lobby').to('attic').send('x', 1), [0, 1, 2]],
  ['two rooms at once', ({ server }) => server.to('attic', 'lobby').send('x', 1), [0, 1, 2]],
  ['a room except one', (s) => s.server.to('lobby').except(conn(s, 0)).send('x', 1), [1]],
  ['everybody except two', (s) => s.server.except(conn(s, 0), conn(s, 1)).send('x', 1), [2]],
  ['except twice', (s) => s.server.except(conn(s, 0)).except(conn(s, 2)).send('x', 1), [1]],
  ['an empty room', ({ server }) => server.to('cellar').send('x', 1), []],
  ['no room', ({ server }) => server.to().send('x', 1), []],
  ['a room with a reserved name', ({ server }) => server.to('__proto__').send('x', 1), []],
  ['one connection', (s) => conn(s, 1).send('x', 1), [1]],
  [
    'a room after somebody left it',
    (s) => {
      conn(s, 0).leave('lobby');
      s.server.to('lobby').send('x', 1);
    },
    [1],
  ],
];

describe('pushes', () => {
  it.each(AUDIENCES)('to %s', async (_name, send, receivers) => {
    const { server, clients } = await startRooms();
    send(server);
    const got = await Promise.all(clients.map((client) => client.drain()));
    expect(got).toEqual(
      [0, 1, 2].map((n) => (receivers.includes(n) ? [{ type: 'x', data: 1 }] : [])),
    );
  });

  it('need names of rooms: all whose parameter is misspelt would share one', async () => {
    const { server } = await startRooms();
    const nowhere = undefined as unknown as string;
    expect(() => conn(server, 0).join(nowhere)).toThrow(
      'join: a room is a string; undefined given: a parameter that the path has not?',
    );
    expect(() => conn(server, 0).leave(nowhere)).toThrow('leave: a room is a string');
    expect(() => server.server.to(conn(server, 0) as never)).toThrow(
      'to: a room is a string; [WsConnection] given',
    );
    expect(() => server.server.to('lobby', nowhere)).toThrow('to: a room is a string');
    expect([...conn(server, 0).rooms]).toEqual(['lobby']);
  });

  it('need connections to leave out: an id would leave out nobody', async () => {
    const { server } = await startRooms();
    const id = conn(server, 0).id as unknown as WsConnection;
    expect(() => server.server.except(id)).toThrow(/^except: "c1" given; expected connections: /);
    const audience = server.server.to('lobby');
    for (const [given, shown] of [
      [audience.connections, '[Set]'],
      [{ id: 'c1' }, '{ id }'],
      [undefined, 'undefined'],
    ] as const) {
      const misuse = (): unknown => audience.except(given as never);
      expect(misuse).toThrow(`except: ${shown} given; expected connections: except(one, ...more)`);
    }
  });

  it.each([
    ['{"event":"said","data":"hello"}', 'send: a message written as JSON given; expected a type'],
    [{ event: 'said' }, 'send: { event } given; expected a type'],
    [undefined, 'send: undefined given'],
  ])('need a type: %o', async (type, message) => {
    const { server } = await startRooms();
    expect(() => conn(server, 0).send(type as string)).toThrow(message);
    expect(() => server.server.broadcast(type as string)).toThrow(message);
  });

  it.each([false, true])('are encoded once for many (deflate: %s)', async (deflate) => {
    let encoded = 0;
    const codec: WsCodec = {
      ...jsonCodec,
      encode(message) {
        if ('type' in message) encoded += 1;
        return jsonCodec.encode(message);
      },
    };
    const { server, clients } = await startRooms({ codec, deflate });
    server.server.broadcast('news', 'ü'.repeat(2_000));
    for (const client of clients)
      expect(await client.next()).toEqual({ type: 'news', data: 'ü'.repeat(2_000) });
    expect(encoded).toBe(1);
  });

  it('have no data where there is none', async () => {
    const { server, clients } = await startRooms();
    server.server.broadcast('tick');
    conn(server, 0).send('tock');
    expect(await clients[0].take(2)).toEqual([{ type: 'tick' }, { type: 'tock' }]);
  });

  it('that cannot be encoded are the caller’s to hear of', async () => {
    const { server } = await startRooms();
    expect(() => server.server.broadcast('x', 1n)).toThrow(TypeError);
    expect(() => conn(server, 0).send('x', 1n)).toThrow(TypeError);
  });

  it('say who they would reach', async () => {
    const { server } = await startRooms();
    const audience = server.server.to('lobby').except(conn(server, 0));
    expect([...audience.connections]).toEqual([conn(server, 1)]);
  });
});

describe('rooms', () => {
  it('are left at the close, for good, and remembered', async () => {
    const { server, clients } = await startRooms();
    const connection = conn(server, 1);
    clients[1].socket.close();
    clients[0].socket.close();
    clients[2].socket.close();
    await server.live.registry.whenEmpty();
    expect(server.live.rooms.size).toBe(0);
    expect([...connection.rooms]).toEqual(['lobby', 'attic']);
    connection.join('cellar');
    connection.leave('lobby');
    expect(server.live.rooms.size).toBe(0);
  });
});

describe('disconnect', () => {
  it('closes those it is told to', async () => {
    const { server, clients } = await startRooms();
    const closed = clients[1].closed();
    expect(server.server.disconnect(({ rooms }) => rooms.size === 2, 4401, 'logged out')).toBe(1);
    expect(await closed).toBe(4401);
    const other = clients[0].closed();
    expect(server.server.disconnect(({ id }) => id === 'c1')).toBe(1);
    expect(await other).toBe(4403);
    expect(await clients[2].drain()).toEqual([]);
  });
});

describe('a connection', () => {
  it('has a store of its own without inherited names', async () => {
    const { server } = await startRooms();
    const { data } = conn(server, 0);
    expect(data['constructor']).toBeUndefined();
    data['name'] = 'ann';
    expect(conn(server, 0).data['name']).toBe('ann');
    expect(conn(server, 1).data['name']).toBeUndefined();
  });

  it('tells nothing of its handshake when it is printed as JSON', async () => {
    const { server } = await startRooms();
    expect(JSON.stringify(conn(server, 0))).toBe('{}');
  });
});
