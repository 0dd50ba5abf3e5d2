import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { resolveMessageRate } from '../../lib/nest/options/message-rate-options.js';
import { drainAll } from '../../lib/nest/push/drain-all.js';
import type { LiveConnections } from '../../lib/nest/push/live-connections.js';
import {
  acceptDeflateOffer,
  type DeflateSettings,
  PerMessageDeflate,
  readExtensionHeader,
  type ZlibContext,
} from '../../lib/protocol/index.js';
import { ROOT } from '../house/modules.js';
import { codeOf, readTables, readValue } from './tables.js';

// Most defaults stand in one place of the code (options.test.ts). These stand where they are used.

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

function documented(name: string): ReadonlyMap<string, unknown> {
  const table = readTables(read('docs/guide/options.md'), 'options').find(
    (one) => one.name === name,
  );
  return new Map(
    table?.rows.map((row) => [codeOf(row['option'] ?? ''), readValue(row['default'] ?? '')]),
  );
}

it('messageRate: burst and excess', () => {
  const page = documented('MessageRateOptions');
  const { burst, excess } = resolveMessageRate(2) ?? {};
  expect(page.get('burst')).toBe(`${burst! / 2} times perSecond`);
  expect(page.get('excess')).toBe(excess);
});

it('perMessageDeflate: windows, takeover, threshold and zlib', () => {
  const page = documented('DeflateOptions');
  const offers = readExtensionHeader('permessage-deflate; client_max_window_bits');
  const agreement = acceptDeflateOffer(offers, {})!;
  expect(page.get('serverMaxWindowBits')).toBe(agreement.ownWindowBits);
  expect(page.get('clientMaxWindowBits')).toBe(agreement.peerWindowBits);
  expect(page.get('serverNoContextTakeover')).toBe(agreement.ownNoContextTakeover);
  expect(page.get('clientNoContextTakeover')).toBe(agreement.peerNoContextTakeover);

  const opened: DeflateSettings[] = [];
  const stub = { run: () => Buffer.alloc(4), close: () => undefined } as unknown as ZlibContext;
  const openDeflate = (settings: DeflateSettings): ZlibContext => {
    opened.push(settings);
    return stub;
  };
  const deflate = new PerMessageDeflate(agreement, {}, { openDeflate, openInflate: () => stub });
  const threshold = page.get('threshold') as number;
  expect([threshold - 1, threshold].map((size) => deflate.shouldCompress(size))).toEqual([
    false,
    true,
  ]);
  deflate.compress(Buffer.alloc(threshold), true);
  expect(opened.map(({ level, memLevel }) => `${level}, ${memLevel}`)).toEqual([
    page.get('zlibDeflateOptions'),
  ]);
});

it('drain: grace, and the times of the paths', async () => {
  const page = documented('WsDrainOptions');
  const asked: object[] = [];
  const link = {
    drainTimeout: 7,
    closeTimeout: 0,
    drain: async (times: object) => void asked.push(times),
    terminate: () => undefined,
  };
  const live = {
    handshakes: { transports: [] },
    registry: { connections: new Set([{ link }]), whenEmpty: async () => undefined },
  };
  await drainAll(live as unknown as LiveConnections, {});
  expect(asked).toEqual([{ timeout: 7, grace: page.get('grace'), reason: undefined }]);
});

it('the module: its path', () => {
  const [, path] =
    /const DEFAULT_PATH = '(.+)';/.exec(read('lib/nest/gateway/plan-endpoints.ts')) ?? [];
  expect(documented('WsModuleOptions').get('path')).toBe(path);
});

it('connect of the testing page: its time', () => {
  const [, given] = /timeoutMs \?\? ([\d_]+)/.exec(read('lib/testing/test-client.ts')) ?? [];
  const [, said] = /^\| `timeoutMs` .*\| ([\d ]+?) +\|$/m.exec(read('docs/guide/testing.md')) ?? [];
  expect(readValue(said ?? '')).toBe(Number(given?.replaceAll('_', '')));
});
