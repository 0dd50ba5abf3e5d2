import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as ours from 'nestjs-wsgate/server';
import { describe, expect, it } from 'vitest';
import * as ws from 'ws';
import { clientFrame, FIN_PING, RawPeer, upgradeRequest } from '../socket/support/raw-peer.js';
import { atEnd, next } from '../socket/support/serve.js';

type Engine = Pick<typeof ours, 'WebSocket' | 'WebSocketServer'>;

/** What a script notes down; text that came as a Buffer, as ws gives it, is noted as text. */
type Note = (...values: unknown[]) => void;

interface Stage {
  readonly engine: Engine;
  readonly note: Note;
  serve(
    options?: ours.ServerOptions,
  ): Promise<{ server: ours.WebSocketServer; port: number; url: string }>;
  connect(url: string, protocols?: string[], options?: ours.ClientOptions): ours.WebSocket;
}

const theirs = ws as unknown as Engine;

/** Runs a script on one engine and gives its notes. */
async function transcript(
  engine: Engine,
  script: (stage: Stage) => Promise<void>,
): Promise<unknown[]> {
  const notes: unknown[] = [];
  await script({
    engine,
    note: (...values) => notes.push(...values),
    async serve(options = {}) {
      const server = new engine.WebSocketServer({ port: 0, host: '127.0.0.1', ...options });
      atEnd(() => {
        for (const client of server.clients) client.terminate();
        server.close();
      });
      await next(server, 'listening');
      const { port } = server.address() as AddressInfo;
      return { server, port, url: `ws://127.0.0.1:${port}/` };
    },
    connect(url, protocols = [], options = {}) {
      const client = new engine.WebSocket(url, protocols, options);
      client.on('error', () => {});
      atEnd(() => client.terminate());
      return client;
    },
  });
  return notes;
}

function echo(server: ours.WebSocketServer): void {
  server.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
}

const same: [string, (stage: Stage) => Promise<void>][] = [
  [
    'echo of text, bytes and fragments',
    async ({ serve, connect, note }) => {
      const { server, url } = await serve();
      echo(server);
      const client = connect(url);
      await next(client, 'open');
      client.send('grün');
      client.send(Buffer.from([1, 2]));
      client.send('', {});
      client.send('a', { fin: false });
      client.send('b', { fin: true });
      client.send(Buffer.from('text'), { binary: false });
      let left = 5;
      await new Promise<void>((resolve) => {
        client.on('message', (data, isBinary) => {
          note(isBinary ? data : String(data));
          if (--left === 0) resolve();
        });
      });
    },
  ],
  [
    'events and states of a client, in order',
    async ({ serve, connect, note }) => {
      const { server, url } = await serve();
      server.on('connection', (socket) => {
        socket.send('hi');
        socket.ping('p');
        socket.close(4000, 'done');
      });
      const client = connect(url);
      note(client.readyState);
      client.on('upgrade', (response) => note('upgrade', response.statusCode, client.readyState));
      client.on('open', () => note('open', client.readyState));
      client.on('message', (data) => note('message', String(data), client.readyState));
      client.on('ping', (data) => note('ping', String(data)));
      // A string from ours, a Buffer from ws.
      client.on('close', (code, reason: unknown) => {
        note('close', code, String(reason), client.readyState);
      });
      await next(client, 'close');
    },
  ],
  [
    'close codes and reasons',
    async ({ serve, connect, note }) => {
      const { server, url } = await serve();
      const cases: [number | undefined, string | undefined][] = [
        [undefined, undefined],
        [1000, undefined],
        [1001, 'away'],
        [3000, 'grün'],
        [4999, 'x'.repeat(123)],
      ];
      for (const [code, reason] of cases) {
        const client = connect(url);
        const [[far]] = await Promise.all([next(server, 'connection'), next(client, 'open')]);
        const closes = Promise.all([next(client, 'close'), next(far as object, 'close')]);
        client.close(code, reason);
        note(client.readyState);
        for (const [seen, why] of await closes) note(seen, String(why));
      }
    },
  ],
  [
    'close codes that are refused',
    async ({ serve, connect, note }) => {
      const { url } = await serve();
      const client = connect(url);
      await next(client, 'open');
      for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000]) {
        try {
          client.close(code);
          note('taken');
        } catch {
          note('refused');
        }
      }
    },
  ],
  [
    'close and send while connecting',
    async ({ serve, connect, note }) => {
      const { url } = await serve();
      const client = connect(url);
      try {
        client.send('early');
      } catch {
        note('refused');
      }
      client.close();
      note(client.readyState);
      client.on('error', () => note('error', client.readyState));
      note(...(await next(client, 'close')).map(String), client.readyState);
      note(
        await new Promise((resolve) =>
          client.send('late', (error) => resolve(error instanceof Error)),
        ),
      );
    },
  ],
  [
    'terminate',
    async ({ serve, connect, note }) => {
      const { server, url } = await serve();
      const client = connect(url);
      const [[far]] = await Promise.all([next(server, 'connection'), next(client, 'open')]);
      const closes = Promise.all([next(client, 'close'), next(far as object, 'close')]);
      client.terminate();
      note(client.readyState);
      for (const [code, reason] of await closes) note(code, String(reason));
    },
  ],
  [
    'subprotocols',
    async ({ serve, connect, note }) => {
      const plain = await serve();
      const choosing = await serve({ handleProtocols: (all) => [...all][1] ?? false });
      const declining = await serve({ handleProtocols: () => false });
      for (const { url } of [plain, choosing]) {
        const client = connect(url, ['a', 'b']);
        await next(client, 'open');
        note(client.protocol);
      }
      const refused = connect(declining.url, ['a', 'b']);
      note((await next(refused, 'close'))[0]);
    },
  ],
  [
    'verifyClient with a status of its own',
    async ({ serve, connect, note }) => {
      const { url } = await serve({ verifyClient: (_info, answer) => answer(false, 418) });
      const client = connect(url);
      const [, response] = await next(client, 'unexpected-response');
      note((response as IncomingMessage).statusCode);
    },
  ],
  [
    'messages that come with the handshake',
    async ({ serve, note }) => {
      const { server, port } = await serve();
      echo(server);
      const peer = await RawPeer.connect(port);
      peer.socket.write(Buffer.concat([Buffer.from(upgradeRequest()), clientFrame(0x81, 'early')]));
      await peer.takeHead();
      note((await peer.takeFrame()).payload.toString());
    },
  ],
  [
    'the Close frames that answer breaches',
    async ({ serve, note }) => {
      const { server, port } = await serve({ maxPayload: 10, maxFragments: 2 });
      server.on('connection', (socket) => socket.on('error', () => {}));
      const breaches = [
        Buffer.from([0x81, 1, 0x61]),
        clientFrame(0x83),
        clientFrame(0xc1, 'a'),
        clientFrame(0x80, 'a'),
        clientFrame(0x81, Buffer.from([0xff])),
        clientFrame(0x81, 'x'.repeat(11)),
        clientFrame(0x88, Buffer.from([1])),
        clientFrame(0x88, Buffer.from([0x03, 0xed])),
        clientFrame(0x09, 'a'),
        clientFrame(0x89, 'x'.repeat(126)),
        Buffer.concat([clientFrame(0x01, 'a'), clientFrame(0x00, 'a'), clientFrame(0x00, 'a')]),
      ];
      for (const bytes of breaches) {
        const peer = await RawPeer.join(port);
        peer.socket.write(bytes);
        const { firstByte, payload } = await peer.takeFrame();
        note(firstByte, payload.readUInt16BE(0));
        peer.socket.end();
      }
    },
  ],
];

const different: [string, unknown[], unknown[], (stage: Stage) => Promise<void>][] = [
  [
    'text arrives as a string, a reason too',
    ['string', 'string'],
    ['object', 'object'],
    async ({ serve, connect, note }) => {
      const { server, url } = await serve();
      server.on('connection', (socket) => {
        socket.send('hi');
        socket.close(1000, 'bye');
      });
      const client = connect(url);
      const closed = next(client, 'close');
      note(typeof (await next(client, 'message'))[0], typeof (await closed)[1]);
    },
  ],
  [
    'a path nobody serves is 404, another version 426',
    [404, 426],
    [400, 400],
    async ({ serve, note }) => {
      const { port } = await serve({ path: '/chat' });
      for (const request of [
        { path: '/' },
        { path: '/chat', headers: { 'Sec-WebSocket-Version': '7' } },
      ]) {
        const peer = await RawPeer.connect(port);
        peer.socket.write(upgradeRequest(request));
        note((await peer.takeResponse()).status);
      }
    },
  ],
  [
    'version 8 is refused',
    ['HTTP/1.1 426 Upgrade Required'],
    ['HTTP/1.1 101 Switching Protocols'],
    async ({ serve, note }) => {
      const { port } = await serve();
      const peer = await RawPeer.connect(port);
      peer.socket.write(upgradeRequest({ headers: { 'Sec-WebSocket-Version': '8' } }));
      note((await peer.takeHead()).split('\r\n')[0]);
    },
  ],
  [
    'verifyClient must say true, truthy is not enough',
    ['refused'],
    ['open'],
    async ({ serve, connect, note }) => {
      const { url } = await serve({ verifyClient: () => 'yes' as unknown as boolean });
      const client = connect(url);
      note(
        await Promise.race([
          next(client, 'open').then(() => 'open'),
          next(client, 'error').then(() => 'refused'),
        ]),
      );
    },
  ],
  [
    'an "error" without a listener does not end the process; a reset is one',
    ['ECONNRESET', 1006],
    [1006],
    async ({ serve, note }) => {
      const { server, port } = await serve();
      const connected = next(server, 'connection');
      const peer = await RawPeer.join(port);
      const far = (await connected)[0] as ours.WebSocket;
      far.on('error', (error) => note((error as NodeJS.ErrnoException).code));
      const closed = next(far, 'close');
      peer.socket.resetAndDestroy();
      note((await closed)[0]);
    },
  ],
  [
    'extensions are the header, parameters and all',
    ['permessage-deflate; server_no_context_takeover'],
    ['permessage-deflate'],
    async ({ serve, connect, note }) => {
      const { url } = await serve({ perMessageDeflate: { serverNoContextTakeover: true } });
      const client = connect(url);
      await next(client, 'open');
      note(client.extensions);
    },
  ],
  [
    'a non-minimal length is refused',
    [0x88, 1002],
    [0x81, 0x6869],
    async ({ serve, note }) => {
      const { server, port } = await serve();
      echo(server);
      const peer = await RawPeer.join(port);
      peer.socket.write(Buffer.from([0x81, 0x80 | 126, 0, 2, 0, 0, 0, 0, 0x68, 0x69]));
      const { firstByte, payload } = await peer.takeFrame();
      note(firstByte, payload.readUInt16BE(0));
    },
  ],
  [
    'pause holds back what has already arrived',
    [1],
    [3],
    async ({ serve, note }) => {
      const { server, port } = await serve();
      const connected = next(server, 'connection');
      const peer = await RawPeer.join(port);
      const far = (await connected)[0] as ours.WebSocket;
      let messages = 0;
      far.on('message', () => {
        messages++;
        far.pause();
      });
      const first = next(far, 'message');
      peer.socket.write(
        Buffer.concat([clientFrame(0x81, '1'), clientFrame(0x81, '2'), clientFrame(0x81, '3')]),
      );
      await first;
      note(messages);
    },
  ],
  [
    'past maxPendingAutoPongs the newest ping is answered, and the connection lives',
    ['alive'],
    ['ended'],
    async ({ serve, note }) => {
      const { server, port } = await serve({ maxPendingAutoPongs: 2 });
      echo(server);
      server.on('connection', (socket) => socket.on('error', () => {}));
      const peer = await RawPeer.join(port);
      const pings = Array.from({ length: 200 }, () => clientFrame(FIN_PING, 'x'));
      peer.socket.write(Buffer.concat([...pings, clientFrame(0x81, 'alive')]));
      peer.socket.end();
      note((await peer.takeRest()).includes('alive') ? 'alive' : 'ended');
    },
  ],
];

describe('the same script, the same transcript as ws', () => {
  it.each(same)('%s', async (_name, script) => {
    expect(await transcript(ours, script)).toEqual(await transcript(theirs, script));
  });
});

describe('deliberately not as ws', () => {
  it.each(different)('%s', async (_name, ourNotes, theirNotes, script) => {
    expect(await transcript(ours, script)).toEqual(ourNotes);
    expect(await transcript(theirs, script)).toEqual(theirNotes);
  });
});
