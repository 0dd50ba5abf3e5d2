import { afterAll, describe, expect, it } from 'vitest';
import {
  OPENING_SERVER_CASES,
  type OpeningServerCase,
  type ServerVariant,
} from './cases/opening-server.js';
import { dial } from './connect.js';
import { drive } from './drive.js';
import { writeRequest } from './peer/handshake.js';
import { readResponse, valuesOf, type Response } from './peer/http.js';
import { Peer } from './peer/peer.js';
import { CLOSING_DEADLINE, type Chop, type Wire } from './peer/wire.js';
import { startServer, type ServerExtras, type ServerSubject } from './subjects.js';

const VARIANTS: Readonly<Record<ServerVariant, ServerExtras>> = {
  plain: {},
  'one path': { path: '/chat' },
  'nobody may': { verifyClient: () => false },
  'last protocol': { handleProtocols: (offered) => [...offered].at(-1) ?? false },
  'no protocol': { handleProtocols: () => false },
};

const servers = new Map<ServerVariant, ServerSubject>();

async function serverOf(row: OpeningServerCase): Promise<ServerSubject> {
  const variant = row.server ?? 'plain';
  const server = servers.get(variant) ?? (await startServer({}, VARIANTS[variant]));
  servers.set(variant, server);
  return server;
}

afterAll(async () => {
  for (const server of servers.values()) await server.stop();
});

const runs = OPENING_SERVER_CASES.flatMap((row) =>
  (['together', 1] as readonly Chop[]).map((chop) => ({ row, chop })),
);

describe('opening handshakes to our server', () => {
  it.each(runs)('$row.id $row.title [$chop]', async ({ row, chop }) => {
    const server = await serverOf(row);
    const wire = await dial(server.port);
    await wire.send([writeRequest(row.request)], chop);
    const response = await wire.take('an HTTP response', readResponse);
    expect(row.status).toContain(response.status);
    for (const [name, value] of Object.entries(row.fields ?? {})) {
      expect([name, ...valuesOf(response, name)]).toEqual(
        value === undefined ? [name] : [name, value],
      );
    }
    if (response.status !== 101) return expectLegalRefusal(response, wire);
    const peer = new Peer(wire, 'client');
    await drive(row, 'together', { peer, peerRole: 'client', subject: await server.accept() });
  });
});

/** A refusal is a complete response, says that the connection ends, and then it ends. */
async function expectLegalRefusal(response: Response, wire: Wire): Promise<void> {
  expect(response.version).toBe('HTTP/1.1');
  expect(valuesOf(response, 'Connection').join().toLowerCase()).toContain('close');
  expect(valuesOf(response, 'Sec-WebSocket-Accept')).toEqual([]);
  if (response.status === 426) {
    expect(valuesOf(response, 'Upgrade').join()).toContain('websocket');
  }
  const readEnd = (bytes: Buffer, ended: boolean): { value: void; used: number } | undefined => {
    expect(bytes.toString('latin1')).toBe('');
    return ended ? { value: undefined, used: 0 } : undefined;
  };
  await wire.take('the end of the connection', readEnd, CLOSING_DEADLINE);
  wire.destroy();
}
