import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../house/modules.js';
import { PLATFORMS, type Platform } from '../support/gateway-app.js';
import { type Difference, DIFFERENCES, DIFFERENCES_ON_NEST_11 } from './parity/differences.js';
import {
  FirstGateway,
  HookGateway,
  ScopedGateway,
  SecondGateway,
  Visit,
} from './parity/hook-gateways.js';
import { ResultGateway } from './parity/result-gateway.js';
import { EventsGateway } from './parity/sample-gateways.js';
import { SCENARIOS, SINCE_NEST_12 } from './parity/scenarios.js';
import { SlowGateway } from './parity/slow-gateway.js';
import { Refused, Talker } from './parity/talker.js';
import { type AdapterName, serveAdapted } from './support/adapted-app.js';
import { findFreePort } from '../../support/free-port.js';
import { Journal } from './support/journal.js';
import { NEST_MAJOR } from './support/nest-major.js';

const GATEWAYS: Readonly<Record<string, readonly (new (...args: never[]) => unknown)[]>> = {
  hooks: [HookGateway],
  'a client that is gone': [HookGateway],
  'a gateway that closes': [HookGateway],
  'two gateways on one path': [FirstGateway, SecondGateway],
  'a request-scoped gateway': [ScopedGateway, Visit],
  'an answer on its way at shutdown': [SlowGateway],
  'an async generator': [SlowGateway],
};

const NAMES = Object.keys(SCENARIOS).filter(
  (name) => NEST_MAJOR >= 12 || !SINCE_NEST_12.includes(name),
);
const KNOWN: Readonly<Record<string, Difference>> =
  NEST_MAJOR >= 12 ? DIFFERENCES : { ...DIFFERENCES, ...DIFFERENCES_ON_NEST_11 };

/** How many answers there will be, where the adapters differ in that. */
function countAnswers(name: string, adapter: AdapterName): number | undefined {
  const transcript = KNOWN[name]?.[adapter === 'wsgate' ? 'wsgate' : 'platformWs'];
  return transcript?.filter((line) => !line.startsWith('closed ')).length;
}

function createOwnPortGateway(port: number): new () => object {
  @WebSocketGateway(port, { path: '/own', host: '127.0.0.1' })
  class OwnPortGateway {
    @SubscribeMessage('own')
    own(@MessageBody() data: unknown): unknown {
      return data;
    }
  }
  return OwnPortGateway;
}

/** What a client sees who does this on that adapter. */
async function transcribe(
  name: string,
  adapter: AdapterName,
  platform: Platform,
): Promise<readonly string[]> {
  const journal = new Journal();
  const isOwnPort = name === 'a port of its own';
  const port = isOwnPort ? await findFreePort() : 0;
  const own = isOwnPort
    ? [createOwnPortGateway(port)]
    : (GATEWAYS[name] ?? [EventsGateway, ResultGateway]);
  const { app, url } = await serveAdapted({
    adapter,
    platform,
    providers: [{ provide: Journal, useValue: journal }, ...own],
  });
  let closed: Promise<void> | undefined;
  const shutDown = (): Promise<void> => (closed ??= app.close());
  const talker = new Talker(
    isOwnPort ? `ws://127.0.0.1:${port}` : url,
    journal,
    shutDown,
    countAnswers(name, adapter),
  );
  try {
    await SCENARIOS[name]?.(talker);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  } finally {
    await shutDown();
  }
  return talker.transcript;
}

describe.each(PLATFORMS)('gateways of @nestjs/websockets on %s', (platform) => {
  it.each(NAMES)('on both adapters: %s', async (name) => {
    const theirs = await transcribe(name, 'platform-ws', platform);
    const ours = await transcribe(name, 'wsgate', platform);
    const difference: Difference | undefined = KNOWN[name];
    expect(theirs).not.toEqual([]);
    expect(theirs).toEqual(difference?.platformWs ?? theirs);
    expect(ours).toEqual(difference?.wsgate ?? theirs);
  });
});

describe('the list of differences', () => {
  const guide = readFileSync(join(ROOT, 'docs/migrating.md'), 'utf8');

  it.each(Object.entries({ ...DIFFERENCES, ...DIFFERENCES_ON_NEST_11 }))(
    '%s: differs, is run, and is argued',
    (name, difference) => {
      expect(SCENARIOS).toHaveProperty([name]);
      expect(difference.wsgate).not.toEqual(difference.platformWs);
      expect(guide).toContain(`### ${difference.topic}\n`);
    },
  );
});
