import { afterAll, beforeAll, describe, it } from 'vitest';
import { OPEN_CASES } from './cases/all-open.js';
import type { Case, SubjectOptions, SubjectRole } from './cases/case.js';
import { joinServer, listen, meetClient, type Listener } from './connect.js';
import { deliveriesOf, drive, type Conversation } from './drive.js';
import { startServer, type ServerSubject } from './subjects.js';

/** Above the peer's own deadline, so that its message is what is seen. */
const PATIENCE = 30_000;

/** Registers one test for each case of `groups` and each way of delivering it. */
export function testOpenCases(role: SubjectRole, groups: readonly string[]): void {
  const connector = role === 'server' ? serverConnector() : clientConnector();
  describe.each(groups)('%s', (group) => {
    const cases = OPEN_CASES[group].filter(({ subject = role }) => subject === role);
    const runs = cases.flatMap((row) => deliveriesOf(row).map((chop) => ({ row, chop })));
    it.each(runs)(
      '$row.id $row.title [$chop]',
      async ({ row, chop }) => {
        await drive(row, chop, await connector(row));
      },
      PATIENCE,
    );
  });
}

type Connector = (row: Case) => Promise<Conversation>;

function optionsOf(row: Case): SubjectOptions {
  return { perMessageDeflate: row.deflate ? { threshold: 0 } : false, ...row.options };
}

/** One server for each set of options, kept until the file is done. */
function serverConnector(): Connector {
  const servers = new Map<string, ServerSubject>();
  afterAll(async () => {
    for (const server of servers.values()) await server.stop();
  });
  return async (row) => {
    const key = JSON.stringify(optionsOf(row));
    const server = servers.get(key) ?? (await startServer(optionsOf(row)));
    servers.set(key, server);
    return joinServer(server, row.deflate);
  };
}

function clientConnector(): Connector {
  let listener: Listener;
  beforeAll(async () => {
    listener = await listen();
  });
  afterAll(() => listener.stop());
  return (row) => meetClient(listener, optionsOf(row), row.deflate);
}
